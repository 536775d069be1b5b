import { utimes } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Well within what the cache takes for a layer that is in use. */
const EVERY_MS = 4 * 60_000;

const kept = new Set<string>();
let timer: NodeJS.Timeout | undefined;

/** Layers of these files are used for as long as this process lives: a machine starts from them again after hours, too. */
export function keepLayers(...files: string[]): void {
  for (const file of files) kept.add(dirname(file));
  timer ??= setInterval(() => void touch(), EVERY_MS);
  timer.unref();
}

async function touch(): Promise<void> {
  const now = new Date();
  for (const dir of kept) await utimes(dir, now, now).catch(() => kept.delete(dir));
}
