import { printableLines } from '../../../api/printable.ts';

const ENDS = ['q', 'Q', '\u0003', '\u0004', '\u001b'];

/** One key as it comes from the terminal. */
function key(): Promise<string> {
  const { stdin } = process;
  stdin.setRawMode(true).setEncoding('utf8').resume();
  return new Promise((resolve) => {
    stdin.once('data', (chunk: string) => {
      stdin.setRawMode(false).pause();
      resolve(chunk);
    });
  });
}

/** How many rows of the terminal a line takes. */
const rowsOf = (line: string, columns: number): number => Math.max(1, Math.ceil(line.length / columns));

/** Whether a text is longer than the screen. */
export const isLong = (text: string, rows = process.stdout.rows, columns = process.stdout.columns): boolean =>
  text.split('\n').reduce((sum, line) => sum + rowsOf(line, columns), 0) >= rows;

/** Shows a text a page at a time: blank for the next, Enter for a line, q to leave. Nothing can be started from it. */
export async function page(text: string): Promise<void> {
  const { stdout } = process;
  const lines = printableLines(text).split('\n');
  let room = stdout.rows - 1;
  for (const [at, line] of lines.entries()) {
    stdout.write(`${line}\n`);
    room -= rowsOf(line, stdout.columns);
    if (room > 0 || at === lines.length - 1) continue;
    stdout.write(
      `\u001b[7m${Math.round((100 * (at + 1)) / lines.length)}%  blank: on  Enter: a line  q: end\u001b[0m`,
    );
    const pressed = await key();
    stdout.write('\r\u001b[K');
    if (ENDS.includes(pressed)) return;
    room = pressed === '\r' ? 1 : stdout.rows - 1;
  }
}
