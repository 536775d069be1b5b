import { say } from '../../../../api/words.ts';
import type { Change } from '../schema/change.ts';
import { bridgeName } from '../schema/names.ts';
import { type Link, linkOf, type NetworkState } from '../schema/state.ts';
import {
  added,
  addressed,
  conflict,
  edited,
  managedLink,
  newLink,
  refusePort,
  requireFree,
  requireKind,
} from './edit.ts';
import { handedBack, moved } from './hand-over.ts';
import { withMtu } from './mtu.ts';

type CreateBridge = Extract<Change, { kind: 'createBridge' }>;
type DeleteBridge = Extract<Change, { kind: 'deleteBridge' }>;

/** Bonds under bridges forward frames of others: modes 0, 5 and 6 rewrite or spread them. */
const BRIDGEABLE = ['active-backup', 'balance-xor', 'broadcast', '802.3ad'];

export function createBridge(state: NetworkState, change: CreateBridge): NetworkState {
  const link = managedLink(state, change.link, 'link');
  const name = change.name ?? bridgeName(link.name);
  const bridged = onBridge(state, link, name);
  const bridge = linkOf(bridged, name) ?? link;
  return withMtu(edited(bridged, name, addressed(change, bridge)), name, change.mtu);
}

/** A bridge on the link, which takes the link's addresses over. */
export function onBridge(state: NetworkState, link: Link, name: string): NetworkState {
  requireFree(state, name, 'name');
  refusePort(link, 'link');
  if (link.kind === 'bridge')
    throw conflict('link', say(`${link.name} is a bridge itself`, `${link.name} 本身是网桥`));
  const mode = link.bond?.mode;
  if (mode !== undefined && !BRIDGEABLE.includes(mode))
    throw conflict(
      'link',
      say(
        `${link.name} has mode ${mode}: under a bridge only modes 1, 2, 3 and 4 work`,
        `${link.name} 的模式为 ${mode}：网桥下只能用模式 1、2、3、4`,
      ),
    );
  const bridge: Link = { ...newLink(name, 'bridge'), bridge: { stp: false } };
  return edited(moved(added(state, bridge), link.name, name), link.name, { controller: name });
}

export function deleteBridge(state: NetworkState, change: DeleteBridge): NetworkState {
  const link = managedLink(state, change.name, 'name');
  requireKind(link, 'bridge', 'name');
  return handedBack(state, link);
}
