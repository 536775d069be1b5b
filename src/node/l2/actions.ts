import { type Implementation, implement } from '../../api/action.ts';
import type { Given } from '../network/change/executors.ts';
import type { NetworkStep } from '../network/change/plan/steps.ts';
import type { L2Networks } from './networks.ts';
import { ensureL2, removeL2 } from './schema.ts';

export const l2Actions = (networks: L2Networks): Implementation<NetworkStep, Given>[] => [
  implement(ensureL2, async ({ l2, nic }, run) => ({ bridge: await networks.ensure(l2, nic, run) })),
  implement(removeL2, ({ l2 }, run) => networks.remove(l2, run)),
];
