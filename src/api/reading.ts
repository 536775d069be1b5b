import type { Words } from './words.ts';

/**
 * A figure as it was read: known, unknown with the reason, or stale (the last good one, and since when).
 * `since` is wall time in milliseconds since 1970, to be shown only.
 */
export type Reading<T> =
  | { state: 'known'; value: T }
  | { state: 'unknown'; why: Words }
  | { state: 'stale'; value: T; since: number; why: Words };

export const known = <T>(value: T): Reading<T> => ({ state: 'known', value });
export const unknown = (why: Words): Reading<never> => ({ state: 'unknown', why });
export const stale = <T>(value: T, since: number, why: Words): Reading<T> => ({
  state: 'stale',
  value,
  since,
  why,
});

/** A reading that can no longer be made: the last good value goes stale, and keeps the time since when. */
export function lost<T>(before: Reading<T>, why: Words, now: number): Reading<T> {
  if (before.state === 'unknown') return unknown(why);
  return stale(before.value, before.state === 'stale' ? before.since : now, why);
}

/** The value, also when stale; undefined when unknown. */
export const latestOf = <T>(reading: Reading<T>): T | undefined =>
  reading.state === 'unknown' ? undefined : reading.value;

/** The same reading of something computed from it. */
export function mapReading<T, U>(reading: Reading<T>, change: (value: T) => U): Reading<U> {
  return reading.state === 'unknown' ? reading : { ...reading, value: change(reading.value) };
}
