import { type Implementation, implement } from '../../api/action.ts';
import type { DhcpNetworks } from './networks.ts';
import { removeDhcp, setDhcp } from './schema.ts';

export const dhcpActions = (networks: DhcpNetworks): Implementation[] => [
  implement(setDhcp, (input) => networks.set(input)),
  implement(removeDhcp, ({ l3, mac }) => networks.remove(l3, mac)),
];
