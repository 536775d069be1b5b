import type { TestNode } from './node.ts';
import type { TestTerminal } from './terminal.ts';

/** Opens a console and an entry of its configuration menu. */
export async function openEntry(
  node: TestNode,
  password: string,
  label: string,
  size = { columns: 100, rows: 37 },
): Promise<TestTerminal> {
  const terminal = node.console(size);
  await terminal.see('<F2> System Configuration');
  terminal.press('f2');
  await terminal.see('Root password');
  terminal.type(password);
  terminal.press('enter');
  await terminal.see('Terminal Info');
  await choose(terminal, label);
  return terminal;
}

/** Goes down to the row that begins so and presses Enter, or another key. */
export async function choose(terminal: TestTerminal, label: string | RegExp, key = 'enter'): Promise<void> {
  const stands = (text: string) => (typeof label === 'string' ? text.includes(label) : label.test(text));
  const begins = (row: string) =>
    typeof label === 'string' ? row.startsWith(label) : row.search(label) === 0;
  // A window may stand beside the choice of the one below it.
  const marked = () =>
    terminal
      .grid()
      .split('\n')
      .flatMap((row) => row.split('> ').slice(1));
  const selected = () => marked().some(begins);
  const move = async (by: 'down' | 'home') => {
    const before = marked().join('\n');
    terminal.press(by);
    // A picture comes in pieces: another one is not yet another choice.
    const moved = () => marked().length > 0 && marked().join('\n') !== before;
    await terminal.until(moved, 8000, `the choice below, on the way to ${label}`);
  };
  // A key pressed before the window is drawn would act on it afterwards, past the choice that was seen.
  // In a long list the row may be further down, and is not drawn yet.
  await terminal.until(() => stands(terminal.grid()), 2000, `${label}`).catch(() => undefined);
  for (let step = 0; step < 60 && !selected(); step += 1) {
    // Rows that change places may take the choice along, down to the end.
    await move('down').catch(() => move('home'));
  }
  terminal.press(key);
}

/** Replaces what stands in the fields, from the first one on. */
export function refill(terminal: TestTerminal, words: readonly string[]): void {
  for (const word of words) {
    terminal.press('end', 'C-u');
    terminal.type(word);
    terminal.press('tab');
  }
}

/** Puts words into the fields, submits them, and waits until that input, and no other one, was told what is wrong. */
export async function isTold(terminal: TestTerminal, words: readonly string[], said: string): Promise<void> {
  refill(terminal, words);
  terminal.press('enter');
  const shown = () => [said, ...words].every((text) => terminal.grid().includes(text));
  await terminal.until(shown, undefined, `${said}, for ${words.join(' ')}`);
}
