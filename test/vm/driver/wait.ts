import { setTimeout as pause } from 'node:timers/promises';

/** Limits are generous: on a busy machine emulation takes ten times as long as on an idle one. */
export const PATIENCE_MS = 300_000;
/** Beside other work on the same processors a boot has taken more than five minutes. */
export const BOOT_MS = 900_000;

export class TimedOut extends Error {
  override name = 'TimedOut';
}

/**
 * Asks `probe` every `everyMs` until it gives something other than undefined, and returns that.
 * @param what named in the error, which also carries `explain()` as it is when the time is over
 */
export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined> | T | undefined,
  options: { limitMs?: number; everyMs?: number; explain?: () => string } = {},
): Promise<T> {
  const { limitMs = PATIENCE_MS, everyMs = 50, explain } = options;
  const end = performance.now() + limitMs;
  for (;;) {
    const found = await probe();
    if (found !== undefined) return found;
    if (performance.now() > end) {
      throw new TimedOut(`not within ${limitMs / 1000} s: ${what}${explain ? `\n${explain()}` : ''}`);
    }
    await pause(everyMs);
  }
}

/** Repeats what a check finds wrong, until it finds nothing: for what comes about by itself. Throws what it found last. */
export async function eventually<T>(
  check: () => Promise<T>,
  options: { limitMs?: number; everyMs?: number } = {},
): Promise<T> {
  const { limitMs = PATIENCE_MS, everyMs = 500 } = options;
  const end = performance.now() + limitMs;
  for (;;) {
    try {
      return await check();
    } catch (thrown) {
      if (performance.now() > end) throw thrown;
    }
    await pause(everyMs);
  }
}

/** Rejects when `work` has not settled within `limitMs`. */
export async function within<T>(limitMs: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimedOut(`not within ${limitMs / 1000} s: ${what}`)), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
