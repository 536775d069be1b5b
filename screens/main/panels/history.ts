import { latestOf, type Reading } from '../../../src/api/reading.ts';
import { say } from '../../../src/api/words.ts';
import type { Usage } from '../../../src/node/facts/schema.ts';
import { type Line, span } from '../../../src/tui/text.ts';
import { percent } from '../../format.ts';
import type { Block, Room } from '../block.ts';

const STEPS = ' .:-=+*#';

/** CPU and memory over the last two minutes, newest at the right. Only glyphs that every terminal has. */
export const historyBlock: Block = {
  title: say('LAST 2 MINUTES', '最近两分钟'),
  least: () => 4,
  most: () => 6,
  draw: (model, room) => [
    ...chart('CPU', model.facts.cpu, room, Math.floor(room.rows / 2)),
    ...chart('MEM', model.facts.memory, room, Math.floor(room.rows / 2)),
  ],
};

function chart(name: string, usage: Reading<Usage> | undefined, room: Room, rows: number): Line[] {
  const history = (usage && latestOf(usage)?.history) ?? [];
  const width = Math.max(1, room.columns - 10);
  const values = history.slice(-width);
  const peak = values.length === 0 ? '' : percent(Math.max(...values));
  return Array.from({ length: rows }, (_, row) => [
    span(row === 0 ? `${name} ` : '    ', 'label'),
    span(
      values
        .map((value) => cell(value, rows - 1 - row, rows))
        .join('')
        .padStart(width),
      'bar',
    ),
    span(row === 0 ? ` ${peak}` : '', 'dim'),
  ]);
}

/** The part of a column that falls into one row, counted from the bottom. */
function cell(value: number, level: number, rows: number): string {
  const part = Math.max(0, Math.min(1, value * rows - level));
  return STEPS[Math.round(part * (STEPS.length - 1))] ?? ' ';
}
