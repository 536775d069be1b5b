import { createInterface } from 'node:readline/promises';
import type { InputOf } from '../api/action.ts';
import { Fault } from '../api/fault.ts';
import { issueWords } from '../api/issue-words.ts';
import { say } from '../api/words.ts';
import type { planNetworkReset } from '../node/network/change/schema/reset.ts';
import { resetNetwork } from '../node/network/change/schema/reset.ts';
import { asShown } from './as-shown.ts';
import { type Flags, printPlan } from './change.ts';
import type { NodeLink } from './node-link.ts';
import { print, printJson } from './print.ts';

export const RESET_SUMMARY =
  'brings a node with a wrecked network back to one NIC with one address; a copy of what was is kept';

const NAMES: Record<string, string> = {
  nic: 'NIC',
  address: 'ADDRESS',
  netmask: 'NETMASK',
  gateway: 'GATEWAY',
  vlan: '--vlan',
  dns: '--dns',
};

type ResetInput = InputOf<typeof resetNetwork>;

export interface ResetFlags {
  vlan?: string;
  dns?: string;
}

/** The action's input from the script's words. Throws `usage` that names the argument. */
export function checkedReset(words: string[], { vlan, dns }: ResetFlags): ResetInput {
  const [nic = '', address = '', netmask = '', gateway = '', ...more] = words;
  if (more.length > 0) throw usage('takes NIC dhcp, or NIC ADDRESS NETMASK [GATEWAY]');
  const input = {
    nic,
    ...(address === 'dhcp' && netmask === ''
      ? { method: 'dhcp' as const }
      : { method: 'static' as const, address, netmask, gateway }),
    ...(vlan === undefined ? {} : { vlan }),
    ...(dns === undefined ? {} : { dns: dns.split(/[\s,]+/).filter(Boolean) }),
  };
  const result = resetNetwork.input.safeParse(input);
  if (result.success) return input;
  const [issue] = result.error.issues;
  const field = String(issue?.path[0] ?? '');
  throw usage(`${NAMES[field] ?? field}: ${issueWords(issue).en}`);
}

const usage = (text: string): Fault => new Fault('usage', say(text, text));

const PHRASE = 'reset network';

/** Every connection goes: a person types the phrase, a script says --yes. */
export function mustBeAnswerable({ yes }: Flags): void {
  if (yes !== true && !(process.stdin.isTTY && process.stdout.isTTY))
    throw usage('--yes is needed without a terminal');
}

/** Answers whether all went as it was asked: not when the person did not type the phrase. */
export async function makeReset(node: NodeLink, input: ResetInput, flags: Flags): Promise<boolean> {
  const plan = await node.call<typeof planNetworkReset>('network.planReset', input);
  if (flags.dryRun === true) {
    printPlan(plan, flags);
    return true;
  }
  const made = await asShown(plan, async (shown) => {
    if (flags.yes !== true) {
      printPlan(shown, flags);
      if (!(await isPhraseTyped())) return false;
    }
    const { copy } = await node.call<typeof resetNetwork>('network.reset', { ...input, seen: shown.digest });
    if (flags.json === true) printJson({ copy });
    else print(`copy of what was: ${copy}`);
    return true;
  });
  return made !== undefined;
}

async function isPhraseTyped(): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return (await terminal.question(`Every connection is set aside. Type "${PHRASE}": `)) === PHRASE;
  } finally {
    terminal.close();
  }
}
