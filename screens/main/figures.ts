import type { Reading } from '../../src/api/reading.ts';
import { say, type Words } from '../../src/api/words.ts';
import type { Look } from '../../src/tui/page.ts';
import { type Span, span, type Tone } from '../../src/tui/text.ts';
import { clockTime } from '../format.ts';

const NOT_READ_YET = say('not read yet', '尚未读取');

/**
 * A reading as spans: its value, or `n/a: why`; a stale one is followed by the time of the last good figure and the reason.
 * `undefined` is a figure that the controller has not sent yet.
 */
export function figure<T>(
  reading: Reading<T> | undefined,
  look: Look,
  show: (value: T) => Span[] | string,
): Span[] {
  if (reading === undefined) return absent(NOT_READ_YET, look);
  if (reading.state === 'unknown') return absent(reading.why, look);
  const shown = show(reading.value);
  const spans = typeof shown === 'string' ? [span(shown)] : shown;
  return reading.state === 'known'
    ? spans
    : [...spans, span(` (${clockTime(reading.since)}: ${look.say(reading.why)})`, 'warn')];
}

const absent = (why: Words, look: Look): Span[] => [span('n/a: ', 'dim'), span(look.say(why), 'dim')];

/** `! ` before what wants a person, in the tone of its gravity: the sign stays where colours do not. */
export const marked = (text: string, tone: Tone & ('warn' | 'bad')): Span[] => [span(`! ${text}`, tone)];
