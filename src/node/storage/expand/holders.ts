import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../../api/fault.ts';
import { say } from '../../../api/words.ts';

/** Throws `conflict` field `storage` that names a program which has something open in a folder, or stands in it. */
export async function checkUnused(path: string): Promise<void> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    const open = (await opened(join('/proc', pid))).find((at) => at === path || at.startsWith(`${path}/`));
    if (open === undefined) continue;
    const name = (await readFile(join('/proc', pid, 'comm'), 'utf8').catch(() => '')).trim();
    throw inUse(`${name || '?'} (${pid})`, open);
  }
}

/** A process may end while it is looked at. */
async function opened(process: string): Promise<string[]> {
  const numbers = await readdir(join(process, 'fd')).catch(() => []);
  const links = ['cwd', 'root', ...numbers.map((fd) => join('fd', fd))];
  return Promise.all(links.map((link) => readlink(join(process, link)).catch(() => '')));
}

const inUse = (who: string, path: string): Fault =>
  new Fault('conflict', say(`${who} has ${path} open`, `${who} 正在使用 ${path}`), {
    field: 'storage',
    next: say(
      'stop the VMs here and what else uses it, then try again',
      '请停止本机云主机及其他使用者后重试',
    ),
  });
