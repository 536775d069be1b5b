import { type Implementation, implement } from '../../api/action.ts';
import type { Role } from '../../api/role.ts';
import { orderAll, SYSTEMD_UNITS } from './order.ts';
import { orderServices } from './schema.ts';

/** The services of this node's role. */
export const serviceActions = (role: Role): Implementation[] => [
  implement(orderServices, ({ order }, { signal, emit }) =>
    orderAll(SYSTEMD_UNITS, { role, order, signal, emit }),
  ),
];
