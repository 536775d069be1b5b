import { Fault } from '../../../api/fault.ts';
import { say } from '../../../api/words.ts';
import { run } from '../../../system/exec.ts';
import { keyfile } from '../keyfile.ts';
import { difference } from './plan/difference.ts';
import { conflict } from './plan/edit.ts';
import { BARE } from './plan/hand-over.ts';
import type { LinkSettings, NetworkState } from './schema/state.ts';

const TIMEOUT = 10_000;
/** Exit codes of NetworkManager's client: it did what was asked, or what was asked for cannot be. */
const [DONE, FAILED] = [0, 1];

type Bond = NonNullable<LinkSettings['bond']>;

/**
 * Asks the installed NetworkManager whether it takes the bonds' options: which ones it knows differs from version to
 * version. Its client answers without a word to the service, from 1.38 on; older ones refuse when the profile is written.
 * @throws `conflict` naming the option.
 */
export async function askOptions(before: NetworkState, after: NetworkState): Promise<void> {
  const { added, changed } = difference(before, after);
  const same = (one: Bond | undefined, other: Bond) => JSON.stringify(one) === JSON.stringify(other);
  const links = [
    ...added,
    ...changed.filter(({ was, will }) => will.bond && !same(was.bond, will.bond)).map(({ will }) => will),
  ];
  for (const { bond } of links) if (bond !== undefined) await askBond(bond);
}

async function askBond(bond: Bond): Promise<void> {
  const answer = await lost(bond);
  if (answer === undefined || answer.length === 0) return;
  const { options } = bond;
  const name = answer === 'refused' ? await culprit(bond) : answer[0];
  const text = name === undefined ? Object.keys(options).join(' ') : `${name}=${options[name]}`;
  throw conflict(
    'options',
    say(
      `NetworkManager does not take ${text} in mode ${bond.mode}`,
      `NetworkManager 在模式 ${bond.mode} 下不接受 ${text}`,
    ),
  );
}

/** The option without which the others are taken. */
async function culprit({ mode, options }: Bond): Promise<string | undefined> {
  for (const name of Object.keys(options)) {
    const others = Object.fromEntries(Object.entries(options).filter(([each]) => each !== name));
    if ((await lost({ mode, options: others })) !== 'refused') return name;
  }
  return undefined;
}

/** Options that are dropped, or `refused` when they are as a whole; undefined when the client cannot be asked. */
async function lost(bond: Bond): Promise<string[] | 'refused' | undefined> {
  const link = { name: 'bond0', kind: 'bond' as const, ...BARE, bond };
  const input = keyfile(link, { uuid: '00000000-0000-4000-8000-000000000000' });
  const argv = ['nmcli', '--offline', 'connection', 'modify', 'connection.id', 'bond0'];
  const answer = await run(argv, { timeout: TIMEOUT, input }).catch((thrown) => {
    if (Fault.from(thrown).kind === 'unavailable') return undefined;
    throw thrown;
  });
  if (answer?.code === FAILED) return 'refused';
  if (answer?.code !== DONE) return undefined;
  const taken = new Set(answer.stdout.split('\n').map((line) => line.split('=')[0]));
  return Object.keys(bond.options).filter((name) => !taken.has(name));
}
