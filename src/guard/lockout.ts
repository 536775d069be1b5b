/**
 * How wrong passwords slow down and lock out. All times are milliseconds since boot, sleep included: a clock that
 * nobody can set. After a reboot, times start again in full; so setting the wall clock changes nothing, and neither
 * does a reboot shorten anything.
 *
 * Failures are counted for each line by itself and for two pools. The `remote` pool joins all pseudo-terminals and
 * processes without a terminal: new ones are free, so changing them gains nothing. The `local` pool joins real lines,
 * of which a machine has few. A pool that is locked closes only its own lines: nobody who comes over the network can
 * keep the person at tty1 out.
 */
export interface Counter {
  failures: number;
  /** When the last failure was. */
  last: number;
  locked: boolean;
}

export type Counters = Record<string, Counter>;

const MINUTE = 60_000;
export const LOCKED_MILLISECONDS = 15 * MINUTE;

interface Rule {
  /** Failures until it locks. */
  most: number;
  /** The failure from which on answers are delayed. */
  slowFrom: number;
}

const LINE: Rule = { most: 10, slowFrom: 3 };
const POOLS: Record<Pool, Rule> = { remote: { most: 20, slowFrom: 8 }, local: { most: 30, slowFrom: 30 } };

export type Pool = 'remote' | 'local';
export const poolOf = (line: string): Pool => (line === '-' || line.startsWith('pts/') ? 'remote' : 'local');

/** Delay of the answer to a failure: 2, 4, 8, 16, then 30 seconds. */
function delay(failures: number, { slowFrom }: Rule): number {
  if (failures < slowFrom) return 0;
  return Math.min(2 ** (failures - slowFrom + 1), 30) * 1000;
}

const keysOf = (line: string): [string, Rule][] => [
  [`line ${line}`, LINE],
  [`pool ${poolOf(line)}`, POOLS[poolOf(line)]],
];

/** Without what has run out. */
export function current(counters: Counters, now: number): Counters {
  return Object.fromEntries(
    Object.entries(counters).filter(([, { last }]) => now - last < LOCKED_MILLISECONDS),
  );
}

/** Milliseconds until this line may try again; 0 when it may now. */
export function lockedFor(counters: Counters, line: string, now: number): number {
  const ends = keysOf(line).map(([key]) => {
    const counter = counters[key];
    return counter?.locked === true ? counter.last + LOCKED_MILLISECONDS - now : 0;
  });
  return Math.max(0, ...ends);
}

/** One failure more. */
export function failed(counters: Counters, line: string, now: number): Counters {
  const next = { ...counters };
  for (const [key, { most }] of keysOf(line)) {
    const failures = (counters[key]?.failures ?? 0) + 1;
    next[key] = { failures, last: now, locked: failures >= most };
  }
  return next;
}

/** The attempt that was counted ahead was none: the check could not be made. */
export function takenBack(counters: Counters, line: string): Counters {
  const next = { ...counters };
  for (const [key, { most }] of keysOf(line)) {
    const counter = counters[key];
    if (counter === undefined) continue;
    const failures = counter.failures - 1;
    if (failures <= 0) delete next[key];
    else next[key] = { ...counter, failures, locked: failures >= most };
  }
  return next;
}

/** The right password clears the line and its pool. */
export function cleared(counters: Counters, line: string): Counters {
  const keys = keysOf(line).map(([key]) => key);
  return Object.fromEntries(Object.entries(counters).filter(([key]) => !keys.includes(key)));
}

/** How many failures more it takes until this line is locked. */
export function triesLeft(counters: Counters, line: string): number {
  return Math.max(
    0,
    Math.min(...keysOf(line).map(([key, { most }]) => most - (counters[key]?.failures ?? 0))),
  );
}

/** Milliseconds that the answer to the newest failure is held back. */
export function delayOf(counters: Counters, line: string): number {
  return Math.max(...keysOf(line).map(([key, rule]) => delay(counters[key]?.failures ?? 0, rule)));
}

/** Counters written in an earlier boot: their times mean nothing now, so what was left starts again in full. */
export function rebased(counters: Counters, now: number): Counters {
  return Object.fromEntries(
    Object.entries(counters).map(([key, counter]) => [key, { ...counter, last: now }]),
  );
}

/** The stricter of two records of the same counters. */
export function worse(a: Counters, b: Counters): Counters {
  const merged = { ...a };
  for (const [key, counter] of Object.entries(b)) {
    if ((merged[key]?.failures ?? 0) <= counter.failures) merged[key] = counter;
  }
  return merged;
}
