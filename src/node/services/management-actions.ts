import { type Implementation, implement } from '../../api/action.ts';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { systemctl } from '../../system/systemctl.ts';
import { managementStatus, orderManagement } from './schema/management.ts';
import { MANAGEMENT_UNIT, type StatusParts, statusOf, UI_UNIT } from './status.ts';

const UNITS = { node: MANAGEMENT_UNIT, ui: UI_UNIT } as const;

/** What `zstack-ctl` asks of the management node's own services. */
export function managementServiceActions(parts: StatusParts): Implementation[] {
  return [
    implement(managementStatus, () => statusOf(parts)),
    implement(orderManagement, async ({ service, order, timeout }) => {
      await systemctl([order, UNITS[service]], timeout * 1000).catch((thrown) =>
        blame(thrown, UNITS[service]),
      );
      return statusOf(parts);
    }),
  ];
}

function blame(thrown: unknown, unit: string): never {
  const { kind, words } = Fault.from(thrown);
  throw new Fault(kind, words, {
    next: say(
      `its last words: journalctl -u ${unit}; a slow machine: a longer --timeout`,
      `查看日志：journalctl -u ${unit}；机器较慢时请增大 --timeout`,
    ),
    cause: thrown,
  });
}
