import type { Reading } from '../../api/reading.ts';
import type { Role } from '../../api/role.ts';
import type { ManagementStatus, ServiceStatus } from '../../node/services/schema/management.ts';

/** The lines of `zstack-ctl status`: other programs read them, so their words and their order stay as they are. */
export function statusLines(status: ManagementStatus): string[] {
  return [
    `ZSTACK_HOME: ${status.home}`,
    `zstack.properties: ${status.properties}`,
    `log4j2.xml: ${status.logConfiguration}`,
    `PID file: ${status.pidFile}`,
    `log file: ${status.logFile}`,
    `MN status: ${stateText(status.management)}`,
    uiLine(status),
    `version: ${status.version} (${status.detail})`,
  ];
}

export const uiLine = ({ ui }: ManagementStatus): string =>
  `UI status: ${stateText(ui)}${ui.url === undefined ? '' : ` ${ui.url}`}`;

/** A node that has no management service. */
export interface RoleStatus {
  role: Role;
  controller: { serves: boolean; version: string };
  runningVms: Reading<unknown[]>;
}

export const roleLines = ({ role, controller, runningVms }: RoleStatus): string[] => [
  `Node role: ${role}`,
  `Controller: ${controller.serves ? 'Running' : 'Stopped'}`,
  runningVms.state === 'unknown'
    ? `libvirt: Unknown: ${runningVms.why.en}`
    : `libvirt: Running, ${runningVms.value.length} VMs run`,
  `version: ${controller.version}`,
];

function stateText({ state, pid, why }: ServiceStatus): string {
  const process = pid === undefined ? '' : ` [PID:${pid}]`;
  switch (state) {
    case 'Running':
      return `Running${process}`;
    case 'Starting':
      return 'Starting, should be ready in a few seconds';
    case 'Stopped':
      return 'Stopped';
    default:
      return `Unknown${process}: ${why?.en ?? 'it runs but does not answer'}`;
  }
}
