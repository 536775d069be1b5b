import blessed from 'blessed';
import type { Terminal } from './terminals.ts';

/**
 * The part of blessed that the frame stands on, typed as it behaves. Known faults are met here or in the renderer:
 * its own terminfo reader is replaced, keys are read by our own reader, sizes and output come from our own port.
 */
export type Cell = [attribute: number, char: string];
export type Row = Cell[] & { dirty: boolean };

export interface Port extends NodeJS.EventEmitter {
  columns: number;
  rows: number;
  readonly writable: boolean;
  readonly isTTY: boolean;
  write(text: string): boolean;
}

export interface Program {
  cursorHidden: boolean;
  cup(row: number, column: number): void;
  showCursor(): void;
  hideCursor(): void;
  flush(): void;
}

export interface Node {
  readonly screen: Screen;
  readonly children: Node[];
  position: { left: number; top: number; width: number; height: number };
  lpos: { xi: number; xl: number; yi: number; yl: number; base: number; renders: number };
  append(node: Node): void;
  detach(): void;
  render(): void;
}

export interface Screen extends Node {
  readonly program: Program;
  lines: Row[];
  olines: Row[];
  readonly dattr: number;
  readonly renders: number;
  draw(first: number, last: number): void;
  leave(): void;
  destroy(): void;
}

interface TerminalInfo {
  name: string;
  names: string[];
  bools: Record<string, boolean>;
  numbers: Record<string, number>;
  strings: Record<string, string>;
}

interface Library {
  Screen: new (options: object) => Screen;
  Element: new (options: object) => Node;
  Tput: {
    prototype: {
      readTerminfo(name: string): TerminalInfo;
      _compile(info: TerminalInfo, name: string, value: unknown): unknown;
    };
  };
}

const library = blessed as unknown as Library;

/** A box of the screen; what extends it draws itself by writing cells. */
export const Element = library.Element;

/** What fills the parameters of a terminal's string in: `%p1%d`, `%p2%d`, counted from one after `%i`. No others are used. */
function filled(string: string): (parameters: readonly number[]) => string {
  const parts = string.replace('%i', '').split(/%p(\d)%d/);
  const more = string.includes('%i') ? 1 : 0;
  return (parameters) =>
    parts.map((part, at) => (at % 2 === 0 ? part : (parameters[Number(part) - 1] ?? 0) + more)).join('');
}

const infoOf = ({ name, colors, strings }: Terminal): TerminalInfo => ({
  name,
  names: [name],
  bools: {},
  numbers: colors > 0 ? { max_colors: colors } : {},
  strings: { ...strings },
});

export interface ScreenOptions {
  terminal: Terminal;
  unicode: boolean;
  input: NodeJS.ReadableStream;
  output: Port;
}

/** Opens a screen: from here on the terminal shows its second page (where it has one), cleared, cursor hidden. */
export function openScreen({ terminal, unicode, input, output }: ScreenOptions): Screen {
  const info = infoOf(terminal);
  if (unicode) delete info.strings.enter_alt_charset_mode;
  library.Tput.prototype.readTerminfo = () => info;
  // The library would write a program for each of them, and have it compiled.
  library.Tput.prototype._compile = (_info, _name, value) =>
    typeof value === 'string' ? filled(value) : value;
  // With it, the library would start a program to ask for a version that only matters for titles and pictures.
  delete process.env.TMUX;
  return new library.Screen({
    input,
    output,
    terminal: terminal.name,
    forceUnicode: unicode,
    smartCSR: true,
    useBCE: true,
    autoPadding: false,
  });
}
