import { Fault } from '../../../../api/fault.ts';
import { say } from '../../../../api/words.ts';
import type { Change } from '../schema/change.ts';
import { nameProblem, shortened, vlanIn, vlanName } from '../schema/names.ts';
import { isAddressed, type Link, linkOf, type NetworkState, vlansOf } from '../schema/state.ts';
import {
  added,
  addressed,
  conflict,
  managedLink,
  newLink,
  refuseInUse,
  refusePort,
  requireFree,
  requireKind,
  without,
} from './edit.ts';
import { moved } from './hand-over.ts';
import { withMtu } from './mtu.ts';

type CreateVlan = Extract<Change, { kind: 'createVlan' }>;
type DeleteVlan = Extract<Change, { kind: 'deleteVlan' }>;

export function createVlan(state: NetworkState, change: CreateVlan): NetworkState {
  const parent = managedLink(state, change.parent, 'parent');
  refuseParent(state, parent, change.id);
  const name = nameFor(state, change);
  const vlan: Link = { ...newLink(name, 'vlan'), vlan: { parent: parent.name, id: change.id } };
  if (change.moveAddress && !isAddressed(parent))
    throw conflict(
      'moveAddress',
      say(`${parent.name} has no address to move`, `${parent.name} 没有可迁移的地址`),
    );
  const start = added(state, { ...vlan, ...addressed(change, vlan) });
  return withMtu(change.moveAddress ? moved(start, parent.name, name) : start, name, change.mtu);
}

function refuseParent(state: NetworkState, parent: Link, id: number): void {
  if (parent.controller !== undefined && parent.kind !== 'bond') refusePort(parent, 'parent');
  if (parent.kind === 'vlan')
    throw conflict('parent', say(`${parent.name} is a VLAN itself`, `${parent.name} 本身是 VLAN`));
  const twin = vlansOf(state, parent.name).find((vlan) => vlan.vlan?.id === id);
  if (twin !== undefined)
    throw conflict(
      'id',
      say(
        `VLAN ${id} exists on ${parent.name} as ${twin.name}`,
        `${parent.name} 上已有 VLAN ${id}：${twin.name}`,
      ),
    );
}

function nameFor(state: NetworkState, change: CreateVlan): string {
  const name = change.name ?? vlanName(change.parent, change.id);
  const problem = nameProblem(name);
  if (problem !== undefined)
    throw new Fault('conflict', say(`"${name}" ${problem.en}`, `“${name}”${problem.zh}`), {
      field: 'name',
      ...(change.name === undefined && { next: GIVE_A_NAME }),
    });
  requireFree(state, name, 'name');
  refuseOtherVlan(state, change, name);
  return name;
}

/** A name that speaks of another VLAN would be in that one's way later. */
function refuseOtherVlan(state: NetworkState, { parent, id }: CreateVlan, name: string): void {
  const meant = vlanIn(name);
  if (meant === undefined) return;
  const isOther = meant.parent !== parent && linkOf(state, meant.parent) !== undefined;
  if (meant.id === id && !isOther) return;
  throw conflict(
    'name',
    say(
      `"${name}" is the name of VLAN ${meant.id} on ${meant.parent}`,
      `“${name}”是 ${meant.parent} 上 VLAN ${meant.id} 的名称`,
    ),
  );
}

const GIVE_A_NAME = say('Give the VLAN that name, or another one', '请为该 VLAN 指定此名称或其他名称');

export function deleteVlan(state: NetworkState, change: DeleteVlan): NetworkState {
  const link = change.name === undefined ? byId(state, change) : managedLink(state, change.name, 'name');
  requireKind(link, 'vlan', 'name');
  refuseInUse(state, link, 'name');
  return without(state, link.name);
}

function byId(state: NetworkState, { parent = '', id }: DeleteVlan): Link {
  const vlan = vlansOf(state, managedLink(state, parent, 'parent').name).find((link) => link.vlan?.id === id);
  if (vlan !== undefined) return managedLink(state, vlan.name, 'id');
  throw new Fault('notFound', say(`there is no VLAN ${id} on ${parent}`, `${parent} 上没有 VLAN ${id}`), {
    field: 'id',
  });
}

/** The VLAN's name after its parent was renamed: `old.20` follows as `new.20`, a name of its own stays. */
export const vlanNameAfter = (vlan: Link, from: string, to: string): string =>
  vlan.vlan !== undefined && vlan.name === vlanName(from, vlan.vlan.id)
    ? shortened(vlanName(to, vlan.vlan.id))
    : vlan.name;
