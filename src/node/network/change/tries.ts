import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Words } from '../../../api/words.ts';
import { ensureFolder, readText, writeWhole } from '../../../system/files.ts';
import type { Reason } from './kept.ts';
import type { NetworkPlaces } from './places.ts';

/** A change that was tried and taken back. */
export interface Try extends Reason {
  /** Wall time in milliseconds since 1970. */
  time: number;
  /** Why it did not stay. */
  failed: Words;
  difference: string[];
}

const MOST = 100;
const LIMIT = 4 * 1024 * 1024;

/** Newest first. What cannot be read is none: nothing depends on it. */
export async function readTries({ tries }: NetworkPlaces): Promise<Try[]> {
  try {
    return JSON.parse((await readText(tries, LIMIT)) ?? '[]') as Try[];
  } catch {
    await rm(tries, { force: true }).catch(() => {});
    return [];
  }
}

export async function noteTry(places: NetworkPlaces, failed: Try): Promise<void> {
  const all = [failed, ...(await readTries(places))].slice(0, MOST);
  await ensureFolder(dirname(places.tries));
  await writeWhole(places.tries, `${JSON.stringify(all)}\n`);
}
