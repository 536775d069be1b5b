import { latestOf } from '../../../src/api/reading.ts';
import { say } from '../../../src/api/words.ts';
import { span } from '../../../src/tui/text.ts';
import { minuteTime } from '../../format.ts';
import { type Block, fill } from '../block.ts';
import { figure } from '../figures.ts';
import type { NodeModel } from '../model.ts';

const LEAST_ROWS = 2;
const TIME_COLUMNS = 6;

/** Who wrote errors into the system's journal within the last hour, and how many. What they say stands in View Logs. */
export const errorsBlock: Block = {
  title: say('ERRORS OF THE LAST HOUR', '最近一小时的错误'),
  least: () => LEAST_ROWS,
  most: (model) => Math.max(LEAST_ROWS, errorsOf(model).length + 1),
  wraps: true,
  draw(model, room, look) {
    const reading = model.facts.errors;
    if (reading?.state !== 'known') return fill([{ line: figure(reading, look, () => ''), hang: 0 }], room);
    const errors = errorsOf(model);
    if (errors.length === 0) return [[span(look.say(NONE), 'dim')]];
    const rows = errors.map(({ source, count, last }) => ({
      line: [span(minuteTime(last).padEnd(TIME_COLUMNS), 'label'), span(source), span(`  ${count}`, 'warn')],
      hang: TIME_COLUMNS,
    }));
    return fill([...rows, { line: [span(look.say(WHERE), 'dim')], hang: 0 }], room);
  },
};

const NONE = say('none', '无');
const WHERE = say('what they say: F2, View Logs, journal', '内容见 F2，查看日志，journal');

const errorsOf = (model: NodeModel) => (model.facts.errors && latestOf(model.facts.errors)) ?? [];
