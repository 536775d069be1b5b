import { say } from '../../../../api/words.ts';
import { type BondMode, bondMode, defaultOptions, mergedOptions, missingOption } from '../schema/bond.ts';
import type { Change } from '../schema/change.ts';
import { isAddressed, type Link, linkOf, type NetworkState, portsOf, vlansOf } from '../schema/state.ts';
import {
  added,
  addressed,
  conflict,
  edited,
  managedLink,
  newLink,
  refusePort,
  released,
  requireFree,
  requireKind,
} from './edit.ts';
import { BARE, bared, handedBack, moved } from './hand-over.ts';
import { withMtu } from './mtu.ts';

type Of<K extends Change['kind']> = Extract<Change, { kind: K }>;

export function createBond(state: NetworkState, change: Of<'createBond'>): NetworkState {
  requireFree(state, change.name, 'name');
  const bond: Link = { ...newLink(change.name, 'bond'), bond: bondOf(change) };
  const start = added(state, { ...bond, ...addressed(change, bond) });
  const filled = change.members.reduce((rest, nic) => withMember(rest, change.name, nic, 'members'), start);
  checkOptions(filled, change.name);
  return withMtu(filled, change.name, change.mtu);
}

const bondOf = (input: { mode: string; options?: Record<string, string> | undefined }) => {
  const mode = bondMode(input.mode) as BondMode;
  return { mode, options: input.options ?? defaultOptions(mode) };
};

/** What is not given stays as far as the mode takes it; another mode gets what suits it where nothing is said. */
function changed(now: Link['bond'], input: Of<'changeBond'>): NonNullable<Link['bond']> {
  const mode = bondMode(input.mode) as BondMode;
  const options = mergedOptions(mode, now ?? { mode, options: {} }, input.options ?? {});
  if (mode === now?.mode) return { mode, options };
  const { miimon, ...others } = defaultOptions(mode);
  const watched = options.arp_interval !== undefined || miimon === undefined;
  const given = input.options ?? {};
  const suiting = Object.entries({ ...others, ...(watched ? {} : { miimon }) });
  const missing = suiting.filter(([name]) => !(name in options) && !(name in given));
  return { mode, options: { ...Object.fromEntries(missing), ...options } };
}

/** The NIC becomes a port. What address it has goes over to a bond that has none. */
function withMember(state: NetworkState, bond: string, nic: string, field: string): NetworkState {
  const link = managedLink(state, nic, field);
  refuseMember(state, link, field);
  const receiver = linkOf(state, bond);
  if (!isAddressed(link) || receiver === undefined) return edited(state, nic, { ...BARE, controller: bond });
  if (!isAddressed(receiver)) return edited(moved(state, nic, bond), nic, { controller: bond });
  return edited(dropped(state, link, bond, field), nic, { controller: bond });
}

/** A second address cannot go along: it is lost, and the management one may not be. */
function dropped(state: NetworkState, link: Link, bond: string, field: string): NetworkState {
  if (state.management !== link.name) return bared(state, link.name);
  const receiver = linkOf(state, bond);
  const onlyNew = receiver !== undefined && !receiver.present;
  if (onlyNew) return { ...bared(state, link.name), management: bond };
  throw conflict(
    field,
    say(
      `${link.name} carries the management address and ${bond} has an address already: move it first`,
      `${link.name} 承载管理地址，而 ${bond} 已有地址：请先迁移`,
    ),
  );
}

function refuseMember(state: NetworkState, link: Link, field: string): void {
  if (link.kind !== 'physical' && link.kind !== 'other')
    throw conflict(field, say(`${link.name} is not a NIC`, `${link.name} 不是网卡`));
  refusePort(link, field);
  const vlan = vlansOf(state, link.name)[0];
  if (vlan !== undefined)
    throw conflict(
      field,
      say(
        `${link.name} has the VLAN ${vlan.name}: remove that first`,
        `${link.name} 上有 VLAN ${vlan.name}：请先删除它`,
      ),
    );
}

function checkOptions(state: NetworkState, name: string): void {
  const options = linkOf(state, name)?.bond?.options ?? {};
  const missing = missingOption(options);
  if (missing !== undefined) throw conflict('options', missing);
  const { primary } = options;
  if (primary === undefined || portsOf(state, name).some((port) => port.name === primary)) return;
  throw conflict('options', say(`primary ${primary} is not a member`, `主接口 ${primary} 不是成员`));
}

export function changeBond(state: NetworkState, change: Of<'changeBond'>): NetworkState {
  const link = managedLink(state, change.name, 'name');
  requireKind(link, 'bond', 'name');
  const wanted = edited(state, link.name, { bond: changed(link.bond, change) });
  checkOptions(wanted, link.name);
  return withMtu(wanted, link.name, change.mtu);
}

export function deleteBond(state: NetworkState, change: Of<'deleteBond'>): NetworkState {
  const link = managedLink(state, change.name, 'name');
  requireKind(link, 'bond', 'name');
  return handedBack(state, link);
}

export function attach(state: NetworkState, change: Of<'attach'>): NetworkState {
  requireKind(managedLink(state, change.bond, 'bond'), 'bond', 'bond');
  return withMember(state, change.bond, change.nic, 'nic');
}

export function detach(state: NetworkState, change: Of<'detach'>): NetworkState {
  const bond = managedLink(state, change.bond, 'bond');
  requireKind(bond, 'bond', 'bond');
  const nic = managedLink(state, change.nic, 'nic');
  if (nic.controller !== bond.name)
    throw conflict(
      'nic',
      say(`${nic.name} is not a port of ${bond.name}`, `${nic.name} 不是 ${bond.name} 的端口`),
    );
  if (state.management !== undefined && portsOf(state, bond.name).length === 1) refuseLastPort(state, bond);
  return released(withoutPrimary(state, bond, nic.name), nic.name);
}

/** The node's own way out needs one port at least. */
function refuseLastPort(state: NetworkState, bond: Link): void {
  const management = state.management === undefined ? undefined : linkOf(state, state.management);
  if (management === undefined) return;
  if (management.name !== bond.name && management.vlan?.parent !== bond.name) return;
  throw conflict(
    'nic',
    say(
      `it is the last port of ${bond.name}, which carries the management address`,
      `它是 ${bond.name} 的最后一个端口，而后者承载管理地址`,
    ),
  );
}

function withoutPrimary(state: NetworkState, bond: Link, nic: string): NetworkState {
  if (bond.bond?.options.primary !== nic) return state;
  const { primary: _, ...options } = bond.bond.options;
  return edited(state, bond.name, { bond: { mode: bond.bond.mode, options } });
}
