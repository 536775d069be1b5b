import { setTimeout as sleep } from 'node:timers/promises';
import type { Stage } from './page.ts';
import type { Port } from './port.ts';
import type { Terminal } from './terminals.ts';

/** A terminal answers what it is asked within this. */
const ANSWERS_MS = 100;

/** Marks around pasted text; attributes, scroll region, insert and origin mode, wrapping, character set. */
const PASTES = '\x1b[?2004l';
const PLAIN_MODES = '\x1b[m\x1b[r\x1b[4l\x1b[?6l\x1b[?7h\x1b(B\x0f';
/** Reports of the mouse and of the window's focus. */
const REPORTS = '\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1004l\x1b[?1006l';

const some = ({ strings }: Terminal, ...names: readonly string[]): string =>
  names.map((name) => strings[name] ?? '').join('');

const isWindow = ({ strings }: Terminal): boolean => strings.enter_ca_mode?.includes('[?1049h') === true;

/** What makes a terminal ready for text of a program that knows nothing of ours. */
const lendStrings = (terminal: Terminal): string =>
  PLAIN_MODES +
  (isWindow(terminal) ? PASTES : '') +
  some(terminal, 'keypad_local', 'clear_screen', 'cursor_normal');

/** What takes it back, whatever that program has left behind; then it is to be drawn from nothing. */
const takeBackStrings = (terminal: Terminal): string =>
  PLAIN_MODES +
  (isWindow(terminal) ? REPORTS : '') +
  some(terminal, 'enter_ca_mode', 'ena_acs', 'keypad_xmit', 'clear_screen');

/** The terminal while it is somebody else's. */
export class Lending {
  readonly #port: Port;
  readonly #terminal: Terminal;
  readonly #pressed: readonly (() => void)[];
  #keys: ((bytes: Buffer) => void) | undefined;

  /** @param pressed run at every key */
  constructor(port: Port, terminal: Terminal, pressed: readonly (() => void)[]) {
    this.#port = port;
    this.#terminal = terminal;
    this.#pressed = pressed;
  }

  get isOn(): boolean {
    return this.#keys !== undefined;
  }

  /** Whether keys are for whoever has the terminal. */
  feed(bytes: Buffer): boolean {
    if (this.#keys === undefined) return false;
    for (const listener of this.#pressed) listener();
    this.#keys(bytes);
    return true;
  }

  /** As `Stage.lend`; afterwards all is to be drawn from nothing. */
  async lend(...[keys, use]: Parameters<Stage['lend']>): Promise<void> {
    if (this.isOn) throw new Error('the terminal is lent already');
    this.#keys = keys;
    try {
      await this.#port.pass(Buffer.from(lendStrings(this.#terminal)));
      await use((bytes) => this.#port.pass(bytes));
    } finally {
      // What the terminal still answers to that text is for nobody.
      this.#keys = () => undefined;
      await sleep(ANSWERS_MS);
      this.#port.write(takeBackStrings(this.#terminal));
      this.#keys = undefined;
    }
  }
}
