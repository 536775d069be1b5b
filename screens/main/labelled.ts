import type { Words } from '../../src/api/words.ts';
import type { Look } from '../../src/tui/page.ts';
import { fitLine, type Line, type Span, span } from '../../src/tui/text.ts';
import type { Room } from './block.ts';

export const LABEL_COLUMNS = 11;

/** A row `Label    value`, cut to the room. */
export const labelled = (
  label: Words,
  value: readonly Span[],
  room: Room,
  look: Look,
  labelColumns = LABEL_COLUMNS,
): Line => fitLine([...fitLine([span(look.say(label), 'label')], labelColumns), ...value], room.columns);
