import type { Reading } from '../../../src/api/reading.ts';
import { same, say, type Words } from '../../../src/api/words.ts';
import type { Usage } from '../../../src/node/facts/schema.ts';
import type { Look } from '../../../src/tui/page.ts';
import { bar, type Span, span } from '../../../src/tui/text.ts';
import { bytes, percent } from '../../format.ts';
import type { Room, Row } from '../block.ts';
import { figure } from '../figures.ts';
import { labelled } from '../labelled.ts';
import type { NodeModel } from '../model.ts';

/** Of the block that the lines stand in. */
export const TIME_LABEL_COLUMNS = 8;

const CROWDED = 0.9;

/** CPU USAGE and MEM USAGE: a bar, the share, and for memory the bytes. */
export const usageRows = (model: NodeModel, room: Room, look: Look): Row[] => [
  usageRow(same('CPU'), model.facts.cpu, room, look),
  usageRow(say('Memory', '内存'), model.facts.memory, room, look),
];

function usageRow(label: Words, usage: Reading<Usage> | undefined, room: Room, look: Look): Row {
  const cells = Math.max(8, Math.min(40, room.columns - 25));
  return labelled(
    label,
    figure(usage, look, (value) => usageSpans(value, cells)),
    look,
    TIME_LABEL_COLUMNS,
  );
}

function usageSpans(usage: Usage, cells: number): Span[] {
  const tone = usage.share >= CROWDED ? 'warn' : 'bar';
  const sign = usage.share >= CROWDED ? '!' : '';
  const amount =
    usage.used === undefined || usage.total === undefined
      ? ''
      : `  ${bytes(usage.used)}/${bytes(usage.total)}`;
  return [
    ...bar(usage.share, cells + 2, tone),
    span(` ${percent(usage.share).padStart(4)}${sign}`),
    span(amount, 'dim'),
  ];
}
