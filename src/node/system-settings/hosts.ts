import { lookup } from 'node:dns/promises';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { readText, writeWhole } from '../../system/files.ts';
import { isHere } from '../network/here.ts';
import type { Keeper } from './apply.ts';

const LIMIT = 1024 * 1024;
const MODE = 0o644;
const MARK = '# this node';

export const HOSTS = '/etc/hosts';

/** The line of /etc/hosts that is ours: `ADDRESS NAME`; empty when there is none. All other lines stay as they are. */
export const hostsKeeper = (path = HOSTS): Keeper<string> => ({
  async read() {
    const line = (await linesOf(path)).find(isOurs);
    return line?.replace(MARK, '').trim() ?? '';
  },
  async write(value) {
    const others = (await linesOf(path)).filter((line) => !isOurs(line));
    const ours = value === '' ? [] : [`${value} ${MARK}`];
    await writeWhole(path, [...others, ...ours].map((line) => `${line}\n`).join(''), MODE);
  },
});

const isOurs = (line: string): boolean => line.endsWith(MARK);

async function linesOf(path: string): Promise<string[]> {
  const text = (await readText(path, LIMIT)) ?? '';
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

/** Whether a name leads to this machine already. Throws `conflict` when it leads to another one. */
export async function resolvesHere(name: string): Promise<boolean> {
  const found = await lookup(name).catch(() => undefined);
  if (found === undefined) return false;
  if (isHere(found.address)) return true;
  throw new Fault(
    'conflict',
    say(`${name} is another machine: ${found.address}`, `${name} 是另一台机器：${found.address}`),
    { field: 'hostname', next: say('choose a name of its own', '请使用唯一的名称') },
  );
}
