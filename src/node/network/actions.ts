import { type Implementation, implement } from '../../api/action.ts';
import type { Role } from '../../api/role.ts';
import { ping } from './ping.ts';
import { checkAll } from './reachability.ts';
import { checkReachability, ping as pingAction } from './schema.ts';

export interface NetworkOptions {
  role: Role;
  /** Address of the management node that this node joined; undefined while it has not. */
  managementNode?: () => string | undefined;
}

/** The network tests that change nothing. */
export const networkActions = ({ role, managementNode }: NetworkOptions): Implementation[] => [
  implement(pingAction, ({ address, count }, { signal, emit }) => ping({ address, count, signal, emit })),
  implement(checkReachability, (_, { signal, emit }) =>
    checkAll({ role, managementNode: managementNode?.(), signal, emit }),
  ),
];
