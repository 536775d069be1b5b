import type { Agent } from './agent.ts';
import { until } from './wait.ts';

/** A virtual terminal as it is drawn: what its glyphs show, not what was sent to it. */
export interface Grid {
  rows: number;
  columns: number;
  cursor: { row: number; column: number };
  /** The number of the terminal that is in front now. */
  active: number;
  /** One string a row, `columns` long. */
  lines: string[];
  /** Foreground 0-15 and background 0-7 of a cell, in the order of VGA (1 is blue, 4 is red). */
  colour(row: number, column: number): { foreground: number; background: number };
}

/** Reads the virtual terminals of one machine. */
export class Screen {
  readonly #agent: Agent;

  constructor(agent: Agent) {
    this.#agent = agent;
  }

  async grid(terminal = 1): Promise<Grid> {
    const answer = await this.#agent.request(['@screen', String(terminal)]);
    if (answer.code !== 0) throw new Error(`screen of tty${terminal}: ${answer.stderr}`);
    return decode(answer.stdout);
  }

  /** Rows without the blanks at their ends, joined by newlines. */
  async text(terminal = 1): Promise<string> {
    return textOf(await this.grid(terminal));
  }

  /** Waits until the text matches and returns it. The error shows the screen as it was last. */
  async see(pattern: RegExp, options: { terminal?: number; limitMs?: number } = {}): Promise<string> {
    return this.#wait(`${pattern} on the screen`, (text) => pattern.test(text), options);
  }

  /** Waits until the text does not match any more. */
  async gone(pattern: RegExp, options: { terminal?: number; limitMs?: number } = {}): Promise<string> {
    return this.#wait(`${pattern} gone from the screen`, (text) => !pattern.test(text), options);
  }

  /** Waits until terminal `number` is in front. */
  async front(number: number): Promise<void> {
    await until(
      `tty${number} in front`,
      async () => (await this.grid(number)).active === number || undefined,
    );
  }

  async #wait(
    what: string,
    good: (text: string) => boolean,
    options: { terminal?: number; limitMs?: number },
  ) {
    let last = '';
    const probe = async () => {
      last = await this.text(options.terminal ?? 1);
      return good(last) ? last : undefined;
    };
    // Each look costs the machine a process; an emulated one that is looked at all the time gets nothing else done.
    return until(what, probe, { everyMs: 250, ...options, explain: () => last });
  }
}

export function textOf(grid: Grid): string {
  return grid.lines.map((line) => line.trimEnd()).join('\n');
}

/** Decodes what the agent gives: the font's map, then /dev/vcsa. */
export function decode(data: Buffer): Grid {
  const end = data.indexOf('\n');
  const [active = 0, highMask = 0, entries = 0] = data.toString('latin1', 0, end).split(' ').map(Number);
  const glyphs = glyphMap(data.subarray(end + 1, end + 1 + 4 * entries));
  const cells = data.subarray(end + 1 + 4 * entries);
  const [rows = 0, columns = 0, column = 0, row = 0] = cells;
  const cell = (r: number, c: number) => cells.readUInt16LE(4 + 2 * (r * columns + c));
  const line = (r: number) =>
    Array.from({ length: columns }, (_, c) => glyphs.get(glyphOf(cell(r, c), highMask)) ?? '\ufffd').join('');
  const colour = (r: number, c: number) => {
    const attribute = cell(r, c) >> 8;
    return { foreground: attribute & 15, background: (attribute >> 4) & 7 };
  };
  return {
    rows,
    columns,
    cursor: { row, column },
    active,
    lines: Array.from({ length: rows }, (_, r) => line(r)),
    colour,
  };
}

/** Fonts of 512 glyphs keep the ninth bit in the attribute; the kernel tells which one it is. */
function glyphOf(cell: number, highMask: number): number {
  return (cell & 0xff) | (highMask && cell & highMask ? 0x100 : 0);
}

/** Glyph → character. Where a glyph stands for several, ASCII comes first, then the smallest code. */
function glyphMap(pairs: Buffer): Map<number, string> {
  const map = new Map<number, number>();
  for (let at = 0; at < pairs.length; at += 4) {
    const [unicode, glyph] = [pairs.readUInt16LE(at), pairs.readUInt16LE(at + 2)];
    const known = map.get(glyph);
    if (unicode >= 0x20 && (known === undefined || unicode < known)) map.set(glyph, unicode);
  }
  return new Map([...map].map(([glyph, unicode]) => [glyph, String.fromCharCode(unicode)]));
}
