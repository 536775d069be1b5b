import { type Implementation, implement } from '../../api/action.ts';
import type { Role } from '../../api/role.ts';
import { orderAll, SYSTEMD_UNITS } from './order.ts';
import { orderServices } from './schema.ts';
import { unusedServers } from './unused.ts';

/**
 * The services of this node's role.
 * @param properties path of the management service's settings, where the role has one
 */
export const serviceActions = (role: Role, properties?: string): Implementation[] => [
  implement(orderServices, async ({ order }, { signal, emit }) => {
    const unused = properties === undefined ? {} : await unusedServers(properties);
    return orderAll(SYSTEMD_UNITS, { role, order, unused, signal, emit });
  }),
];
