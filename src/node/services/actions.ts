import { type Implementation, implement } from '../../api/action.ts';
import { diagnoseActions } from '../diagnose/actions.ts';
import type { CheckParts } from '../diagnose/check.ts';
import { logActions, shareBackupAction } from '../logs/actions.ts';
import type { CollectParts } from '../logs/collect.ts';
import { managementNodeActions } from './management-actions.ts';
import { orderAll, SYSTEMD_UNITS } from './order.ts';
import { orderServices } from './schema.ts';

/** Logs and services, which every role has. */
export const nodeServiceActions = (parts: CollectParts & CheckParts): Implementation[] => [
  ...logActions(parts),
  ...diagnoseActions(parts),
  ...(parts.role === 'management' ? [shareBackupAction(parts), ...managementNodeActions(parts)] : []),
  implement(orderServices, ({ order }, { signal, emit }) =>
    orderAll(SYSTEMD_UNITS, { role: parts.role, order, signal, emit }),
  ),
];
