import { say, type Words } from '../../../src/api/words.ts';
import type { ChangeFact } from '../../../src/node/facts/schema.ts';
import type { Look } from '../../../src/tui/page.ts';
import { capital, type Span, span, type Tone } from '../../../src/tui/text.ts';
import { day, minuteTime } from '../../format.ts';
import { type Block, fill, type Row } from '../block.ts';
import type { NodeModel } from '../model.ts';

const TIME_COLUMNS = 6;
const LEAST_ROWS = 2;

/** What was changed on this node lately, when and by whom; also what was tried and taken back. */
export const changesBlock: Block = {
  title: say('LATEST CHANGES', '最近更改'),
  least: () => LEAST_ROWS,
  most: (model) => Math.max(LEAST_ROWS, changesOf(model).length),
  wraps: true,
  draw(model, room, look) {
    const changes = model.facts.changes;
    if (changes === undefined) return [[span(look.say(NOT_READ), 'dim')]];
    if (changes.length === 0) return [[span(look.say(NONE), 'dim')]];
    // Those that do not fit are the oldest: there is nothing to be said of them.
    return fill(
      changes.slice(0, room.rows).map((change) => changeRow(change, look)),
      room,
    );
  },
};

const NOT_READ = say('not read yet', '尚未读取');
const NONE = say('none recorded', '没有记录');

const changesOf = (model: NodeModel): ChangeFact[] => model.facts.changes ?? [];

const OUTCOMES: Record<ChangeFact['outcome'], { words: Words; tone: Tone }> = {
  finished: { words: say('done', '完成'), tone: 'good' },
  undone: { words: say('taken back', '已还原'), tone: 'warn' },
  stopped: { words: say('stopped on the way', '中途停止'), tone: 'warn' },
  failed: { words: say('failed', '失败'), tone: 'warn' },
  open: { words: say('not ended', '未结束'), tone: 'warn' },
};

const changeRow = (change: ChangeFact, look: Look): Row => ({
  line: changeLine(change, look),
  hang: TIME_COLUMNS,
});

/** When, what, how it ended, and who. */
export function changeLine(change: ChangeFact, look: Look): Span[] {
  const { at, title, outcome } = change;
  const { words, tone } = OUTCOMES[outcome];
  return [
    span(when(at, look.now).padEnd(TIME_COLUMNS), 'label'),
    span(`${capital(look.say(title))}  `),
    span(outcome === 'finished' ? look.say(words) : `! ${look.say(words)}`, tone),
    span(`  ${look.say(whoWords(change.who))}`, 'dim'),
  ];
}

/** The time of day when it was today, the day when it was not. */
const when = (time: number, now: number): string =>
  day(time) === day(now) ? minuteTime(time) : day(time).slice(5);

const PROGRAMS: Record<string, Words> = {
  console: say('console', '控制台'),
  script: say('script', '脚本'),
  cluster: say('cluster', '集群'),
};

/** At the console it is whoever knows root's password; in a script the user that ran it; a cluster's job is in the audit. */
export function whoWords({ program, line, uid }: ChangeFact['who']): Words {
  const name = PROGRAMS[program] ?? { en: program, zh: program };
  if (program === 'cluster') return name;
  const at = line === '-' ? '' : ` ${line}`;
  const user = program === 'console' || uid === 0 ? '' : ` uid ${uid}`;
  return say(`${name.en}${at}${user}`, `${name.zh}${at}${user}`);
}
