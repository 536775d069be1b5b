import type { StatsFs } from 'node:fs';

/** Fuller than this a file system is nearly full. Primary storage takes no new VM or volume from here on. */
export const NEARLY_FULL = 0.9;

/** The share in use (0-1) as `df` reckons: what is kept for root counts neither as used nor as free. 0 where there is no size. */
export function usedShare({ blocks, bfree, bavail }: Pick<StatsFs, 'blocks' | 'bfree' | 'bavail'>): number {
  const used = blocks - bfree;
  return used + bavail > 0 ? used / (used + bavail) : 0;
}
