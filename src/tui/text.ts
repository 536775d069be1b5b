/**
 * How a piece of text is meant, never how it looks: the theme turns a tone into colour and attributes, and in mono
 * into attributes alone. A tone is never the only sign of a state: the words say it too.
 */
export type Tone =
  | 'plain'
  | 'title'
  | 'label'
  | 'dim'
  | 'good'
  | 'warn'
  | 'bad'
  | 'danger'
  | 'selected'
  | 'key'
  | 'field'
  | 'bar';

export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

/** One row of the screen, left to right. */
export type Line = readonly Span[];

export const span = (text: string, tone: Tone = 'plain'): Span => ({ text, tone });
