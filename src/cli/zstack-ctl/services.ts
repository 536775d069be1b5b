import { Fault } from '../../api/fault.ts';
import { same } from '../../api/words.ts';
import type { powerVerdict } from '../../node/power/schema.ts';
import type {
  ManagementStatus,
  managementStatus,
  orderManagement,
} from '../../node/services/schema/management.ts';
import type { orderServices } from '../../node/services/schema.ts';
import type { NodeLink } from '../node-link.ts';
import { type Answer, type CtlCommand, type Given, said, text } from './command.ts';
import { roleLines, statusLines, uiLine } from './status.ts';

const status = async (node: NodeLink): Promise<ManagementStatus> =>
  await node.call<typeof managementStatus>('management.status', {});

/** Of a node without a management service: its controller, and what libvirt says. */
const statusOfRole = async (node: NodeLink): Promise<Answer> => {
  const { runningVms } = await node.call<typeof powerVerdict>('power.verdict', {});
  const answer = { role: node.role, controller: { serves: node.serving, version: node.version }, runningVms };
  return { json: answer, lines: roleLines(answer) };
};

const seconds = (given: Given): number => {
  const value = Number(text(given, 'timeout') ?? 120);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Fault('usage', same('--timeout is a whole number of seconds'));
};

const TIMEOUT: readonly [string, string] = ['--timeout <SECONDS>', 'how long to wait for it (120)'];

const order =
  (service: 'node' | 'ui', verb: 'start' | 'stop' | 'restart') => async (node: NodeLink, given: Given) => {
    const answer = await node.call<typeof orderManagement>('management.order', {
      service,
      order: verb,
      timeout: seconds(given),
    });
    return said(answer, service === 'ui' ? uiLine(answer) : (statusLines(answer)[5] ?? ''));
  };

const all = (verb: 'start' | 'stop') => async (node: NodeLink) => {
  const ends = await node.call<typeof orderServices>('services.order', {
    order: verb,
    phrase: `${verb} zstack`,
  });
  return said(
    ends,
    ...ends.map(
      ({ label, unit, state, why }) => `${label.en.padEnd(12)} ${unit.padEnd(28)} ${why?.en ?? state}`,
    ),
  );
};

/** How the services stand, started and stopped. */
export const SERVICE_COMMANDS: readonly CtlCommand[] = [
  {
    name: 'status',
    summary: 'where things are, and how the services stand',
    options: [],
    run: async (node) => {
      if (node.role !== 'management') return statusOfRole(node);
      const answer = await status(node);
      return { json: answer, lines: statusLines(answer) };
    },
  },
  {
    name: 'ui_status',
    summary: 'how the web UI stands',
    options: [],
    run: async (node) => {
      const answer = await status(node);
      return said(answer.ui, uiLine(answer));
    },
  },
  { name: 'start', summary: 'start the services in their order', options: [], run: all('start') },
  { name: 'stop', summary: 'stop the services in their order', options: [], run: all('stop') },
  {
    name: 'start_node',
    summary: 'start the management service',
    options: [TIMEOUT],
    run: order('node', 'start'),
  },
  {
    name: 'stop_node',
    summary: 'stop the management service',
    options: [TIMEOUT],
    run: order('node', 'stop'),
  },
  {
    name: 'restart_node',
    summary: 'restart the management service',
    options: [TIMEOUT],
    run: order('node', 'restart'),
  },
  { name: 'start_ui', summary: 'start the web UI', options: [TIMEOUT], run: order('ui', 'start') },
  { name: 'stop_ui', summary: 'stop the web UI', options: [TIMEOUT], run: order('ui', 'stop') },
];
