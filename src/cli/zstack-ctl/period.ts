import { Fault } from '../../api/fault.ts';
import { same } from '../../api/words.ts';
import { SPANS, type Span } from '../../node/logs/schema.ts';
import { type Given, text } from './command.ts';

export const PERIOD_OPTIONS: readonly (readonly [string, string])[] = [
  ['--since <WHEN>', 'hour, day or all, back from now, or a time such as "2026-11-29 14:30" (day)'],
  ['--until <TIME>', 'a time: later lines are left out, of files whose lines are dated'],
];

/** Moments in milliseconds since 1970. */
export interface Period {
  span?: Span;
  since?: number;
  until?: number;
}

/** What `--since` and `--until` say. Throws `usage` in the options' own words. */
export function periodOf(given: Given): Period {
  const [since, until] = [text(given, 'since'), text(given, 'until')];
  const span = SPANS.find((one) => one === since);
  const from = since === undefined || span !== undefined ? undefined : moment('--since', since, OR_SPAN);
  const to = until === undefined ? undefined : moment('--until', until, '');
  if (from !== undefined && to !== undefined && to <= from)
    throw new Fault('usage', same('--until is not after --since'));
  return {
    ...(span === undefined ? {} : { span }),
    ...(from === undefined ? {} : { since: from }),
    ...(to === undefined ? {} : { until: to }),
  };
}

const OR_SPAN = 'hour, day, all, or ';
const TIME = /^(\d{4})-(\d\d)-(\d\d)(?:[ T_](\d\d):(\d\d)(?::(\d\d))?)?$/;

/** In this machine's zone. A date alone is its beginning. */
function moment(option: string, word: string, or: string): number {
  const [year = 0, month = 0, day = 0, ...clock] = (TIME.exec(word) ?? [])
    .slice(1)
    .map((part) => Number(part ?? 0));
  const [hour = 0, minute = 0, second = 0] = clock;
  const date = new Date(year, month - 1, day, hour, minute, second);
  // The 31st of a shorter month becomes another day instead of none.
  const isOne =
    date.getMonth() === month - 1 && date.getDate() === day && hour < 24 && minute < 60 && second < 60;
  if (isOne) return date.getTime();
  throw new Fault('usage', same(`${option} is ${or}a time such as "2026-11-29 14:30"`));
}
