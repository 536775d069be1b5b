import type { Words } from '../../src/api/words.ts';
import type { Look } from '../../src/tui/page.ts';
import { fit, type Line, type Span, span } from '../../src/tui/text.ts';
import type { Room } from './block.ts';

const LABEL_COLUMNS = 9;

/** A row `Label    value`, cut to the room. */
export const labelled = (label: Words, value: readonly Span[], room: Room, look: Look): Line =>
  fit([...fit([span(look.say(label), 'label')], LABEL_COLUMNS), ...value], room.columns);
