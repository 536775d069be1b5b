import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Words } from '../../../api/words.ts';
import { ensureFolder, readText, writeWhole } from '../../../system/files.ts';
import type { Attempt } from './attempt.ts';
import type { NetworkPlaces } from './places.ts';

/** A change that was tried and taken back. */
export interface Try extends Attempt {
  /** When it was taken back. */
  time: number;
  /** Why it did not stay. */
  failed: Words;
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

/**
 * Notes it once: what could not be taken back at first is told by its first fault. That it cannot be written down is
 * no reason for a failure.
 */
export async function noteTry(
  places: NetworkPlaces,
  attempt: Attempt | undefined,
  failed: Words,
): Promise<void> {
  if (attempt === undefined) return;
  await write(places, { ...attempt, time: Date.now(), failed }).catch(() => {});
}

async function write(places: NetworkPlaces, failed: Try): Promise<void> {
  const before = await readTries(places);
  if (before.some(({ begun }) => begun === failed.begun)) return;
  const all = [failed, ...before].slice(0, MOST);
  await ensureFolder(dirname(places.tries));
  await writeWhole(places.tries, `${JSON.stringify(all)}\n`);
}
