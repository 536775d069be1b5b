import type { diagnose, Finding } from '../../node/diagnose/schema.ts';
import type { collectLogs } from '../../node/logs/schema.ts';
import { type CtlCommand, said } from './command.ts';
import { PERIOD_OPTIONS, periodOf } from './period.ts';

/** What is known of this node, for whoever looks for a trouble. */
export const LOG_COMMANDS: readonly CtlCommand[] = [
  {
    name: 'collect_log',
    summary: 'archive of the logs of this node; prints its path',
    options: [
      ...PERIOD_OPTIONS,
      ['--full', 'logs whole, not their last 100 000 lines'],
      ['--dump-thread', 'also what every thread of this node waits in'],
    ],
    run: async (node, given) => {
      const input = { ...periodOf(given), full: given.full === true, threads: given.dumpThread === true };
      const answer = await node.long<typeof collectLogs>('logs.collect', input);
      const { url, path } = answer;
      return said(answer, path, url.state === 'unknown' ? `no address: ${url.why.en}` : url.value);
    },
  },
  {
    name: 'diagnose',
    summary: 'look for known troubles, with what to do about each',
    options: [],
    run: async (node) => {
      const findings = await node.call<typeof diagnose>('diagnose.run', {});
      return { json: findings, lines: findings.flatMap(findingLines) };
    },
  },
];

const MARKS: Record<Finding['state'], string> = { good: 'ok', bad: '!', unknown: 'n/a' };

const findingLines = ({ state, title, evidence, remedy }: Finding): string[] => [
  `${MARKS[state].padEnd(4)}${title.en.padEnd(32)} ${evidence.en}`,
  ...(remedy === undefined ? [] : [`    -> ${remedy.en}`]),
];
