import { createInterface, type Interface } from 'node:readline';
import { offersFor } from './offers.ts';

const common = (words: readonly string[]): string => {
  const [first = '', ...others] = words;
  let length = first.length;
  for (const word of others) while (word.slice(0, length) !== first.slice(0, length)) length -= 1;
  return first.slice(0, length);
};

/** Words in columns, as many as fit beside each other. */
function columns(words: readonly string[], width: number): string {
  const widest = Math.max(...words.map((word) => word.length)) + 2;
  const across = Math.max(1, Math.floor(width / widest));
  const down = Math.ceil(words.length / across);
  const rows = Array.from({ length: down }, (_, row) => words.filter((_, at) => at % down === row));
  return rows
    .map((row) =>
      row
        .map((word) => word.padEnd(widest))
        .join('')
        .trimEnd(),
    )
    .join('\n');
}

/** What was typed: lines that were ended, several where they came at once, and what was begun behind them. */
export interface Typed {
  readonly lines: readonly string[];
  readonly begun: string;
}

/**
 * Asks for a line on the terminal, with its history and completion by Tab; undefined at the end (Ctrl+D, or no key for
 * so long). Ctrl+C begins the line anew.
 * @param history the latest first
 * @param idle milliseconds
 */
export function askLine(
  prompt: string,
  history: readonly string[],
  begun: string,
  idle?: number,
): Promise<Typed | undefined> {
  const terminal: Interface = createInterface({
    ...{ input: process.stdin, output: process.stdout, history: [...history], prompt },
    completer: (line: string) => completed(terminal, line),
  });
  const lines: string[] = [];
  const timer = idle === undefined ? undefined : setTimeout(() => terminal.close(), idle);
  const pressed = () => timer?.refresh();
  process.stdin.on('keypress', pressed);
  return new Promise((resolve) => {
    terminal.on('line', (line) => {
      lines.push(line);
      // The keys that came with it are taken first.
      if (lines.length === 1) setImmediate(() => terminal.close());
    });
    terminal.on('close', () => {
      clearTimeout(timer);
      process.stdin.off('keypress', pressed);
      resolve(lines.length === 0 ? undefined : { lines, begun: terminal.line });
    });
    terminal.on('SIGINT', () => {
      process.stdout.write('^C\n');
      terminal.write(null, { ctrl: true, name: 'e' });
      terminal.write(null, { ctrl: true, name: 'u' });
      terminal.prompt();
    });
    terminal.prompt();
    terminal.write(begun);
  });
}

function completed(terminal: Interface, line: string): [string[], string] {
  const { offers, part } = offersFor(line);
  if (offers.length === 1) return [[spaced(offers[0] ?? '')], part];
  // What does not go on from what was typed is shown and changes nothing.
  const goesOn = common(offers).toLowerCase().startsWith(part.toLowerCase());
  if (goesOn || offers.length === 0) return [[...offers], part];
  process.stdout.write(`\n${columns(offers, process.stdout.columns)}\n`);
  terminal.prompt(true);
  return [[], part];
}

const spaced = (word: string): string => (/[=.]$/.test(word) ? word : `${word} `);
