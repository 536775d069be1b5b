import type { Machine } from './machine.ts';
import { choose } from './person.ts';

/** System Settings from the keyboard of a node. */

/** Puts a word in the place of what the field has, submits it and says Y to the plan. */
export async function set(machine: Machine, row: string, field: RegExp, word: string): Promise<void> {
  await choose(machine, row);
  await machine.screen.see(field);
  await machine.keyboard.press('end');
  await machine.keyboard.press('ctrl', 'u');
  await machine.keyboard.type(`${word}\n`);
  await agree(machine);
}

/** Says Y to the plan. */
export async function agree(machine: Machine): Promise<void> {
  await machine.screen.see(/Make this change\?/);
  await machine.keyboard.press('y');
  await machine.screen.see(/It is set\./);
  await machine.keyboard.press('ret');
  await machine.screen.gone(/It is set\./);
}
