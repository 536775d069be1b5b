import type { Lang, Words } from '../api/words.ts';
import type { FlightEvent } from './flight.ts';
import type { Output } from './port.ts';
import type { Wishes } from './terminals.ts';

export interface Input extends NodeJS.EventEmitter {
  readonly isTTY?: boolean;
  setRawMode?(raw: boolean): unknown;
  pause(): unknown;
  resume(): unknown;
}

export interface StageOptions extends Wishes {
  input: Input;
  output: Output;
  /** TERM, the locale and NO_COLOR are read from it. */
  env: NodeJS.ProcessEnv;
  lang?: Lang;
  /** What the line takes, where that is known: pictures are paced to it. */
  bytesPerSecond?: number | undefined;
  /** A key switched between the rich and the plain picture: keeps that for the next time. Answers why it cannot. */
  pictureChosen?(plain: boolean): Words | undefined;
  /** Gets what happens on this terminal, without secrets. */
  record?(event: FlightEvent): void;
  /** How long an ESC may stand alone before it is the Esc key; 60 ms when not given. */
  escapeMs?: number;
  exit?(code: number): void;
}
