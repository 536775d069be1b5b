import type { Change } from '../schema/change.ts';
import type { NetworkState } from '../schema/state.ts';
import { addAddress, clearAddress, removeAddress, setAddress, setManagement } from './addresses.ts';
import { attach, changeBond, createBond, deleteBond, detach } from './bonds.ts';
import { createBridge, deleteBridge } from './bridges.ts';
import { checkMtus } from './mtu.ts';
import { pinned } from './pin.ts';
import { rename } from './renames.ts';
import { replaceNics } from './replace.ts';
import { createVlan, deleteVlan } from './vlans.ts';

/** Everything but going back to a kept state, which is found in the history. */
export type Edit = Exclude<Change, { kind: 'restore' }>;

/**
 * The state after the change, on paper.
 * @throws Fault notFound or conflict, naming the field, when the change does not fit the state of now.
 */
export function wantedState(current: NetworkState, change: Edit): NetworkState {
  const wanted = pinned(current, carriedOut(current, change));
  checkMtus(current, wanted);
  return wanted;
}

function carriedOut(state: NetworkState, change: Edit): NetworkState {
  switch (change.kind) {
    case 'setAddress':
      return setAddress(state, change);
    case 'clearAddress':
      return clearAddress(state, change);
    case 'addAddress':
      return addAddress(state, change);
    case 'removeAddress':
      return removeAddress(state, change);
    case 'createBond':
      return createBond(state, change);
    case 'changeBond':
      return changeBond(state, change);
    case 'deleteBond':
      return deleteBond(state, change);
    case 'attach':
      return attach(state, change);
    case 'detach':
      return detach(state, change);
    case 'createVlan':
      return createVlan(state, change);
    case 'deleteVlan':
      return deleteVlan(state, change);
    case 'createBridge':
      return createBridge(state, change);
    case 'deleteBridge':
      return deleteBridge(state, change);
    case 'rename':
      return rename(state, change);
    case 'replaceNics':
      return replaceNics(state, change);
    case 'setManagement':
      return setManagement(state, change);
  }
}
