import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Caller } from '../api/action.ts';
import { run } from './exec.ts';

/** Longest that a name may hold a change up, in milliseconds. */
const LIMIT = 3_000;
/** A chain of parents is no longer on any sane system. */
const DEPTH = 32;
/** No log-in: (uid_t) -1. */
const UNSET = '4294967295';

/**
 * Who the caller is, for a person to read: `alice@laptop (root) from 192.0.2.50, console pts/0`, `root, script pts/3`,
 * `console tty1`. Over SSH it is whose key let them in, by its comment; at a terminal without a log-in nobody is known.
 * What cannot be found out is left out: a change does not wait for it.
 */
export async function personOf({ pid, uid, line, program }: Caller): Promise<string> {
  const place = `${program} ${line}`;
  const name = await nameOf(pid, uid, program).catch(() => undefined);
  return name === undefined ? place : `${name}, ${place}`;
}

async function nameOf(caller: number, uid: number, program: string): Promise<string | undefined> {
  const pid = launcherIn(await readFile(`/proc/${caller}/cgroup`, 'utf8')) ?? caller;
  const sshd = (await ancestors(pid)).filter(({ name }) => name.startsWith('sshd')).map((each) => each.pid);
  const loggedIn = await loginUser(pid);
  if (sshd.length > 0) return (await acceptedBy(sshd)) ?? loggedIn;
  // The console's own user is nobody's name.
  return loggedIn ?? (program === 'console' ? undefined : await userName(String(uid)));
}

/**
 * Root's console is a unit of systemd's own, so that its shell is none of its parents; the unit is named after the
 * launcher in that shell, which waits for it. Nobody but root puts a process into the system's units.
 */
export function launcherIn(cgroup: string): number | undefined {
  const pid = /:\/system\.slice\/zs-console-on-[^/]*-(\d+)\.service$/m.exec(cgroup)?.[1];
  return pid === undefined ? undefined : Number(pid);
}

interface Process {
  pid: number;
  name: string;
}

/** The process and those above it, up to the first. */
async function ancestors(pid: number): Promise<Process[]> {
  const found: Process[] = [];
  for (let at = pid; at > 1 && found.length < DEPTH; ) {
    const stat = await readFile(`/proc/${at}/stat`, 'latin1');
    const [, name = ''] = /\((.*)\)/s.exec(stat) ?? [];
    found.push({ pid: at, name });
    at = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  }
  return found;
}

/** What the sessions of PAM remember, through `su` and `sudo`. */
async function loginUser(pid: number): Promise<string | undefined> {
  const uid = (await readFile(`/proc/${pid}/loginuid`, 'utf8').catch(() => UNSET)).trim();
  return uid === UNSET ? undefined : userName(uid);
}

async function userName(uid: string): Promise<string | undefined> {
  return (await accounts()).find((account) => account.uid === uid)?.name;
}

interface Account {
  name: string;
  uid: string;
  home: string;
}

async function accounts(): Promise<Account[]> {
  const rows = (await readFile('/etc/passwd', 'utf8')).split('\n').map((row) => row.split(':'));
  return rows.map(([name = '', , uid = '', , , home = '']) => ({ name, uid, home }));
}

/** The log-in that sshd's processes noted in the journal. */
async function acceptedBy(pids: readonly number[]): Promise<string | undefined> {
  const argv = ['journalctl', '--no-pager', '-q', '-b', '-o', 'cat', ...pids.map((pid) => `_PID=${pid}`)];
  const { stdout } = await run(argv, { timeout: LIMIT });
  const login = loginIn(stdout);
  if (login === undefined) return undefined;
  const comment = login.key === undefined ? undefined : commentOf(login.key, await keysOf(login.user));
  const who = comment === undefined ? login.user : `${comment} (${login.user})`;
  return `${who} from ${login.from}`;
}

interface Login {
  user: string;
  from: string;
  /** `SHA256:...`. */
  key?: string;
}

/** sshd's own words for the last log-in in the text. */
export function loginIn(text: string): Login | undefined {
  const accepted = /^Accepted \S+ for (\S+) from (\S+) port \d+ ssh2(?:: .*(SHA256:\S+))?/gm;
  const [, user, from, key] = [...text.matchAll(accepted)].at(-1) ?? [];
  if (user === undefined || from === undefined) return undefined;
  return { user, from, ...(key === undefined ? {} : { key }) };
}

async function keysOf(user: string): Promise<string> {
  const home = (await accounts()).find(({ name }) => name === user)?.home ?? '';
  const { stdout } = await run(['ssh-keygen', '-lf', join(home, '.ssh/authorized_keys')], { timeout: LIMIT });
  return stdout;
}

/** A key's comment by its fingerprint, in what `ssh-keygen -l` prints: bits, fingerprint, comment, type in brackets. */
export function commentOf(key: string, list: string): string | undefined {
  const row = list.split('\n').find((each) => each.split(' ')[1] === key);
  const comment = /^\d+ \S+ (.*) \([^)]*\)$/.exec(row ?? '')?.[1];
  return comment === undefined || comment === '' || comment === 'no comment' ? undefined : comment;
}
