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
