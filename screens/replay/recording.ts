import { readFileSync } from 'node:fs';
import { olderOf } from '../line/flight-recorder.ts';

/** One event of a recording: `at` is wall time in milliseconds since 1970, what else is there tells what it is. */
export interface Recorded {
  readonly at: number;
  readonly [name: string]: unknown;
}

const MOST = 10_000;

/** The last events of a recording, what was put aside of it included. Lines that are none (cut by a crash) are left out. */
export function readRecording(file: string): Recorded[] {
  const newest = readFileSync(file, 'utf8');
  return [...textOf(olderOf(file)).split('\n'), ...newest.split('\n')]
    .map(parsed)
    .filter((event) => event !== undefined)
    .slice(-MOST);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function parsed(line: string): Recorded | undefined {
  try {
    const event: unknown = JSON.parse(line);
    const isEvent =
      typeof event === 'object' && event !== null && 'at' in event && typeof event.at === 'number';
    return isEvent ? (event as Recorded) : undefined;
  } catch {
    return undefined;
  }
}

/** What stood on the screen after an event. */
export function pictureAfter(events: readonly Recorded[], index: number): string[] {
  const shown = events.slice(0, index + 1);
  const whole = shown.findLastIndex(({ whole }) => whole === true);
  const rows: string[] = [];
  for (const { rows: changed } of shown.slice(Math.max(0, whole))) {
    if (typeof changed !== 'object' || changed === null) continue;
    for (const [row, text] of Object.entries(changed)) rows[Number(row)] = String(text);
  }
  return Array.from(rows, (row) => row ?? '');
}

/** What an event was, in a few words: `key f2`, `call network.read: ok`. */
export function wordsOf({ at: _, ...event }: Recorded): string {
  if ('rows' in event) return 'picture';
  if ('secret' in event) return 'keys into a secret field';
  if ('call' in event) return `call ${event.call}: ${event.how} (${event.milliseconds} ms)`;
  return Object.entries(event)
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}
