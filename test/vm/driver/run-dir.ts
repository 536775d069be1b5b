import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for one machine or switch. Its name is short (a unix socket's path is) and says whose it is. */
export function newRunDir(): Promise<string> {
  return mkdtemp(join(tmpdir(), `zs-vm-${process.pid}-`));
}

/** Removes the folders of processes that were killed before they could do so themselves. */
export async function sweepRunDirs(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const owner = /^zs-vm-(\d+)-/.exec(name)?.[1];
    if (owner && !existsSync(`/proc/${owner}`))
      await rm(join(tmpdir(), name), { recursive: true, force: true });
  }
}
