import { readFile } from 'node:fs/promises';
import { run } from '../../../../system/exec.ts';

/** Interfaces that ifupdown brought up, as `NAME=NAME`. */
const STATE = '/run/network/ifstate';
const TIMEOUT = 20_000;

/**
 * ifupdown lets go of what it brought up, and its DHCP clients end: one that went on would bring its address back. What
 * does not go down is NetworkManager's to take over.
 */
export async function leaveIfupdown(): Promise<void> {
  const state = await readFile(STATE, 'utf8').catch(() => '');
  const names = [...state.matchAll(/^([^\s=]+)=/gm)].flatMap(([, name]) => name ?? []);
  for (const name of names.filter((each) => each !== 'lo'))
    await run(['ifdown', '--force', name], { timeout: TIMEOUT }).catch(() => {});
}
