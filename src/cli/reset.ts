import { createInterface } from 'node:readline/promises';
import type { InputOf } from '../api/action.ts';
import { Fault } from '../api/fault.ts';
import { say } from '../api/words.ts';
import { resetNetwork } from '../node/network/change/schema.ts';

export const RESET_SUMMARY =
  'brings a node with a wrecked network back to one NIC with one address; a copy of what was is kept';

const NAMES: Record<string, string> = {
  nic: 'NIC',
  address: 'ADDRESS',
  netmask: 'NETMASK',
  gateway: 'GATEWAY',
};

/** The action's input from the script's words. Throws `usage` that names the argument. */
export function checkedReset(words: string[]): InputOf<typeof resetNetwork> {
  const [nic = '', address = '', netmask = '', gateway = '', ...more] = words;
  if (more.length > 0) throw usage('takes NIC dhcp, or NIC ADDRESS NETMASK [GATEWAY]');
  const input =
    address === 'dhcp' && netmask === ''
      ? { nic, method: 'dhcp' as const }
      : { nic, method: 'static' as const, address, netmask, gateway };
  const result = resetNetwork.input.safeParse(input);
  if (result.success) return input;
  const issue = result.error.issues[0];
  const field = String(issue?.path[0] ?? '');
  throw usage(`${NAMES[field] ?? field}: ${issue?.message ?? 'wrong'}`);
}

const usage = (text: string): Fault => new Fault('usage', say(text, text));

const PHRASE = 'reset network';

/** Every connection goes: a person types the phrase, a script says --yes. */
export async function mayReset(): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) throw usage('--yes is needed without a terminal');
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return (await terminal.question(`Every connection is set aside. Type "${PHRASE}": `)) === PHRASE;
  } finally {
    terminal.close();
  }
}
