import { latestOf, type Reading } from '../../../src/api/reading.ts';
import { say } from '../../../src/api/words.ts';
import type { Usage } from '../../../src/node/facts/schema.ts';
import { type Line, span } from '../../../src/tui/text.ts';
import { percent } from '../../format.ts';
import type { Block, Room } from '../block.ts';
import type { NodeModel } from '../model.ts';

const STEPS = ' .:-=+*#';

/** CPU and memory over the last two minutes, newest at the right. Only glyphs that every terminal has. */
export const historyBlock: Block = {
  title: say('LAST 2 MINUTES', '最近两分钟'),
  least: () => 4,
  most: () => 6,
  draw: (model, room, look) =>
    CHARTS.flatMap(({ name, section }) => {
      const values = valuesOf(model, section, room);
      return chart(name, values, room, look.rich);
    }),
  widgets: (model, room) =>
    CHARTS.map(({ section }, index) => ({
      kind: 'history',
      values: valuesOf(model, section, room).map((share) => share * 100),
      tone: 'bar',
      row: index * rowsEach(room),
      column: NAME_COLUMNS,
      columns: chartColumns(room),
      rows: rowsEach(room),
    })),
};

const CHARTS = [
  { name: 'CPU', section: 'cpu' },
  { name: 'MEM', section: 'memory' },
] as const;
const NAME_COLUMNS = 4;
const PEAK_COLUMNS = 5;

const rowsEach = (room: Room): number => Math.floor(room.rows / CHARTS.length);
const chartColumns = (room: Room): number =>
  Math.max(1, Math.min(60, room.columns - NAME_COLUMNS - PEAK_COLUMNS));

function valuesOf(model: NodeModel, section: 'cpu' | 'memory', room: Room): number[] {
  const reading: Reading<Usage> | undefined = model.facts[section];
  return ((reading && latestOf(reading)?.history) ?? []).slice(-chartColumns(room));
}

/** On a rich terminal the chart itself is a finer drawing, so only name and peak are text. */
function chart(name: string, values: readonly number[], room: Room, rich: boolean): Line[] {
  const rows = rowsEach(room);
  const width = chartColumns(room);
  const peak = values.length === 0 ? '' : percent(Math.max(...values));
  return Array.from({ length: rows }, (_, row) => [
    span((row === 0 ? name : '').padEnd(NAME_COLUMNS), 'label'),
    span(
      (rich ? '' : values.map((value) => cell(value, rows - 1 - row, rows)).join('')).padStart(width),
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
