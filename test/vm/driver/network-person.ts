import { BOND_MODES } from '../../../src/node/network/change/schema/bond.ts';
import type { Machine } from './machine.ts';
import { choose, MENU, unlock } from './person.ts';

/** Networks from the keyboard of a node. */

export interface BondOfTwo {
  /** Up to 802.3ad, which the form begins with. */
  mode: (typeof BOND_MODES)[number];
  /** With a netmask of 24 bits; without: the one of a member. */
  address?: string;
}

/** Creates bond0 of ens16 and ens17 in the console, as far as the question whether it is to be kept. */
export async function bondByKeyboard(machine: Machine, { mode, address }: BondOfTwo): Promise<void> {
  const { keyboard, screen } = machine;
  await unlock(machine, 'f2');
  await screen.see(MENU);
  await choose(machine, 'Configure Networks');
  await screen.see(/ens16[\s\S]*ens17/);
  await keyboard.press('b');
  await screen.see(/─ New bond ─/);
  await keyboard.press('tab');
  const before = BOND_MODES.indexOf('802.3ad') - BOND_MODES.indexOf(mode);
  for (let press = 0; press < before; press++) await keyboard.press('left');
  await screen.see(new RegExp(`< \\d ${mode} >`));
  await keyboard.type('\tens16 ens17\t\t');
  if (address !== undefined) await keyboard.type(`${address}\t24`);
  await keyboard.press('ret');
  await screen.see(/Make this change\?/);
  await keyboard.press('y');
  await screen.see(/Keep this change\?/);
}
