import type { Words } from '../../src/api/words.ts';
import type { Look } from '../../src/tui/page.ts';
import { fitLine, type Span, span } from '../../src/tui/text.ts';
import type { Row } from './block.ts';

export const LABEL_COLUMNS = 11;

/** A row `Label    value`; wrapped, the value stays beside the label. */
export const labelled = (
  label: Words,
  value: readonly Span[],
  look: Look,
  labelColumns = LABEL_COLUMNS,
): Row => ({
  line: [...fitLine([span(look.say(label), 'label')], labelColumns - 1), span(' '), ...value],
  hang: labelColumns,
});
