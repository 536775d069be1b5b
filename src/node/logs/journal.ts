import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Where systemd keeps its journal: on the disk, or in memory (journald.conf(5), `Storage=`). */
const DISK = '/var/log/journal';
const MEMORY = '/run/log/journal';

/** What the journal lacks because it is not on the disk; undefined when it is, or when there is none. */
export async function lostJournal(disk = DISK, memory = MEMORY): Promise<string | undefined> {
  if ((await hasJournal(disk)) || !(await hasJournal(memory))) return undefined;
  return 'journal: kept in memory alone, so nothing from before the last start of this machine is in it';
}

async function hasJournal(folder: string): Promise<boolean> {
  const machines = await readdir(folder).catch(() => []);
  const files = await Promise.all(machines.map((one) => readdir(join(folder, one)).catch(() => [])));
  return files.flat().some((name) => name.endsWith('.journal'));
}
