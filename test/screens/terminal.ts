import { setTimeout as delay } from 'node:timers/promises';
import xterm from '@xterm/headless';
import { type IPty, spawn } from 'node-pty';
import { SlowLine } from './slow-line.ts';

/** Bytes that a key sends, by its name; names that are not here are sent as they are written. */
const KEYS: Record<string, string> = {
  enter: '\r',
  escape: '\x1b',
  tab: '\t',
  'S-tab': '\x1b[Z',
  backspace: '\x7f',
  delete: '\x1b[3~',
  up: '\x1b[A',
  down: '\x1b[B',
  right: '\x1b[C',
  left: '\x1b[D',
  home: '\x1b[H',
  end: '\x1b[F',
  pageup: '\x1b[5~',
  pagedown: '\x1b[6~',
  f1: '\x1bOP',
  f3: '\x1bOR',
  f4: '\x1bOS',
  f2: '\x1bOQ',
  f5: '\x1b[15~',
  f6: '\x1b[17~',
  f7: '\x1b[18~',
  f8: '\x1b[19~',
  f12: '\x1b[24~',
  'C-c': '\x03',
  'C-l': '\x0c',
  'C-p': '\x10',
  'C-s': '\x13',
  'C-u': '\x15',
  'C-z': '\x1a',
  'C-\\': '\x1c',
};

export interface TerminalOptions {
  /** Program and arguments. */
  argv: readonly [string, ...string[]];
  /** TERM; xterm-256color when not given. */
  term?: string;
  columns?: number;
  rows?: number;
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** A line that lets so many bytes through in a second and keeps, as the kernel does, whatever else it is given. */
  bytesPerSecond?: number;
}

export interface Exit {
  exitCode: number;
  signal: number | undefined;
}

/** Milliseconds that are waited for what has to come: a busy machine is several times slower. */
const PATIENCE = 60_000;
/** Milliseconds in which nothing comes of a picture that is whole. */
const STILL = 100;

/** A program on a terminal of its own: press keys, read what stands on the screen. */
export class TestTerminal {
  readonly pid: number;
  /** Settles when the program has ended. A program ended by a signal has no exit code of its own. */
  readonly exited: Promise<Exit>;
  /** The line between, when it is a slow one. */
  readonly line: SlowLine | undefined;
  /** Bytes that the program has sent so far. */
  bytes = 0;
  readonly #pty: IPty;
  readonly #screen: xterm.Terminal;
  #raw = '';
  #watchers: (() => void)[] = [];

  constructor({
    argv,
    term = 'xterm-256color',
    columns = 80,
    rows = 24,
    env,
    cwd,
    bytesPerSecond,
  }: TerminalOptions) {
    const [file, ...args] = argv;
    const size = { cols: columns, rows };
    this.#screen = new xterm.Terminal({ ...size, allowProposedApi: true, scrollback: 0 });
    this.#pty = spawn(file, args, {
      ...size,
      name: term,
      encoding: null,
      ...(cwd !== undefined && { cwd }),
      env: { PATH: process.env.PATH, LANG: 'C.UTF-8', ...env, TERM: term },
    });
    this.pid = this.#pty.pid;
    this.exited = new Promise((resolve) => {
      this.#pty.onExit(({ exitCode, signal }) => resolve({ exitCode, signal: signal || undefined }));
    });
    // With a null encoding the data are bytes, whatever their declared type.
    const show = (bytes: Buffer) => this.#show(bytes);
    this.line = bytesPerSecond === undefined ? undefined : new SlowLine(bytesPerSecond, show);
    this.#pty.onData((data: string | Buffer) => {
      const bytes = Buffer.from(data);
      if (this.line === undefined) show(bytes);
      else this.line.take(bytes);
    });
  }

  #show(bytes: Buffer): void {
    this.bytes += bytes.length;
    this.#raw = (this.#raw + bytes.toString('latin1')).slice(-1_000_000);
    this.#screen.write(bytes, () => {
      for (const watcher of [...this.#watchers]) watcher();
    });
  }

  /** The screen as text, a row a line, without trailing spaces. */
  grid(): string {
    const { active } = this.#screen.buffer;
    return Array.from({ length: this.#screen.rows }, (_, row) =>
      (active.getLine(active.viewportY + row)?.translateToString(true) ?? '').trimEnd(),
    ).join('\n');
  }

  /** The last bytes that the program sent, one character each. */
  get raw(): string {
    return this.#raw;
  }

  get cursor(): { row: number; column: number } {
    const { cursorX, cursorY } = this.#screen.buffer.active;
    return { row: cursorY, column: cursorX };
  }

  /** How a cell looks. */
  cell(row: number, column: number): { char: string; bold: boolean; reverse: boolean; color: boolean } {
    const cell = this.#screen.buffer.active.getLine(row)?.getCell(column);
    return {
      char: cell?.getChars() ?? '',
      bold: cell?.isBold() === 1,
      reverse: cell?.isInverse() !== 0,
      color: cell !== undefined && !(cell.isFgDefault() && cell.isBgDefault()),
    };
  }

  /** Waits until the screen holds what is looked for. Answers the screen. */
  async see(wanted: string | RegExp, timeout = PATIENCE): Promise<string> {
    const shown = (grid: string) => (typeof wanted === 'string' ? grid.includes(wanted) : wanted.test(grid));
    return await this.until(() => shown(this.grid()), timeout, `${wanted}`);
  }

  /** As `see`, and until the picture stands still: a large one comes in pieces. For screens without a clock. */
  async seeWhole(wanted: string | RegExp): Promise<string> {
    let grid = await this.see(wanted);
    for (let before = ''; before !== grid; grid = this.grid()) {
      before = grid;
      await delay(STILL);
    }
    return grid;
  }

  /** Waits until what is looked for is gone from the screen. */
  async gone(unwanted: string, timeout = PATIENCE): Promise<string> {
    return await this.until(() => !this.grid().includes(unwanted), timeout, `no "${unwanted}"`);
  }

  /** Waits until a condition holds; asked whenever something was drawn, and now and then. */
  async until(condition: () => boolean, timeout = PATIENCE, what = 'the condition'): Promise<string> {
    const start = performance.now();
    while (!condition()) {
      if (performance.now() - start > timeout)
        throw new Error(`not seen in ${timeout} ms: ${what}\n${this.grid()}`);
      await this.#drawn(200);
    }
    return this.grid();
  }

  #drawn(atMost: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#watchers = this.#watchers.filter((watcher) => watcher !== done);
        resolve();
      };
      const timer = setTimeout(done, atMost);
      this.#watchers.push(done);
    });
  }

  /** Presses keys, by name (`f2`, `enter`, `k`, ...). */
  press(...keys: string[]): void {
    for (const key of keys) this.#pty.write(KEYS[key] ?? key);
  }

  type(text: string): void {
    this.#pty.write(text);
  }

  /** Sends bytes as they are. */
  send(bytes: Buffer): void {
    this.#pty.write(bytes);
  }

  resize(columns: number, rows: number): void {
    this.#screen.resize(columns, rows);
    this.#pty.resize(columns, rows);
  }

  /** Writes onto the screen past the program, as kernel messages do. */
  disturb(text: string): void {
    this.#screen.write(text);
  }

  /** Reads nothing more of what the program sends, as a terminal stopped by flow control, until `flow` is called. */
  stall(): void {
    this.#pty.pause();
  }

  flow(): void {
    this.#pty.resume();
  }

  kill(signal: string): void {
    this.#pty.kill(signal);
  }

  /** Ends the program, the hard way when it does not go, and answers how it ended. */
  async end(): Promise<Exit> {
    this.flow();
    const hard = setTimeout(() => this.#pty.kill('SIGKILL'), 5000);
    try {
      this.#pty.kill('SIGTERM');
      return await this.exited;
    } finally {
      clearTimeout(hard);
    }
  }
}
