import { ROOT_PASSWORD } from '../../../scripts/vm/images.mts';
import type { Machine } from './machine.ts';
import { LOGIN_PROMPT, MAIN_SCREEN } from './settled.ts';
import { until } from './wait.ts';

/** Somebody at the keyboard of a node, who presses the next key only after seeing what the last one did. */

export const PASSWORD_WINDOW = /─ Root password ─/;
/** What a machine with far too much to do says. */
const LATE = /the password check does not answer/;
const TRIES = 5;
export const MENU = /Terminal Info/;

/**
 * Presses F2 or F12, once more when the password check did not come in the console's time, and gives the password; what
 * comes then is for the caller to see.
 */
export async function unlock(machine: Machine, key: 'f2' | 'f12', password = ROOT_PASSWORD): Promise<void> {
  for (let tries = 1; ; tries++) {
    await machine.keyboard.press(key);
    const shown = await machine.screen.see(/─ Root password ─[\s\S]*(Password|does not answer)/);
    if (tries === TRIES || !LATE.test(shown)) break;
    await machine.keyboard.press('ret');
    await machine.screen.gone(LATE);
  }
  await machine.screen.see(/─ Root password ─[\s\S]*Password/);
  await machine.keyboard.type(password);
  await machine.keyboard.press('ret');
}

/** Goes down a list until the line that begins with `> entry` is chosen, and opens it. */
export async function choose(machine: Machine, entry: string): Promise<void> {
  const chosen = new RegExp(`> ${entry}`);
  for (let step = 0; step < 30; step++) {
    const before = await machine.screen.text();
    if (chosen.test(before)) return machine.keyboard.press('ret');
    await machine.keyboard.press('down');
    // Each look costs the machine a process.
    await until(
      'the choice below',
      async () => selection(await machine.screen.text()) !== selection(before) || undefined,
      { everyMs: 150 },
    );
  }
  throw new Error(`no entry ${entry}\n${await machine.screen.text()}`);
}

/** Logs in at the prompt of a terminal that is in front. */
export async function logIn(machine: Machine, terminal: number, password = ROOT_PASSWORD): Promise<void> {
  await machine.screen.see(LOGIN_PROMPT, { terminal });
  await machine.keyboard.type('root\n');
  await machine.screen.see(/Password:/, { terminal });
  await machine.keyboard.type(`${password}\n`);
}

/** Ctrl+Alt+Fn, until that terminal is in front. */
export async function turnTo(machine: Machine, terminal: number): Promise<void> {
  await machine.keyboard.press('ctrl', 'alt', `f${terminal}`);
  await machine.screen.front(terminal);
}

/** The main screen with figures, that is with a controller behind it. */
export const FIGURES = /^(?![\s\S]*controller does not answer)[\s\S]*Memory +\[[\s\S]*\d+%[\s\S]*<F2>/;

/** Waits for the main screen with figures. */
export async function seeFigures(machine: Machine): Promise<string> {
  await machine.screen.see(MAIN_SCREEN);
  return machine.screen.see(FIGURES);
}

/** What is chosen, by its name, on the page in front and on those that it does not hide: what else is in a line changes by itself. */
const selection = (text: string): string =>
  [...text.matchAll(/(?:^|[│ ])> (\S+(?: \S+)*)/gm)].map(([, name]) => name).join('\n');
