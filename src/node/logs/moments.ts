import type { FileHandle } from 'node:fs/promises';

/** A line that is dated stands in every so many bytes, or the file counts as one without dates. */
const BLOCK = 1024 * 1024;
const DAY = 86_400_000;
const NEWLINE = 10;

/** `2026-11-29T06:52:13.5Z`, `2026-11-29  6:52:13,5`, `2026-11-29 06:52:13.5+0000`. */
const DATED = /^\W{0,2}(\d{4}-\d\d-\d\d)[T ] ?(\d{1,2}:\d\d:\d\d)(?:[.,]\d+)? ?(Z|[+-]\d\d:?\d\d)?/;
/** `Nov 29 06:52:13`: syslog's, without a year. */
const YEARLESS = /^([A-Z][a-z]{2}) +(\d{1,2}) (\d\d:\d\d:\d\d)/;

/** When a line says that it was written, in milliseconds since 1970, without a zone in this machine's; undefined when it tells none. */
export function momentOf(line: string, now = Date.now()): number | undefined {
  const [, day, time = '', zone = ''] = DATED.exec(line) ?? [];
  if (day !== undefined) return known(Date.parse(`${day}T${time.padStart(8, '0')}${zoneOf(zone)}`));
  const [, month, date, clock] = YEARLESS.exec(line) ?? [];
  if (month === undefined) return undefined;
  const inYear = (year: number) => Date.parse(`${date} ${month} ${year} ${clock}`);
  const year = new Date(now).getFullYear();
  // In January a log still holds December's lines.
  return known(inYear(year) > now + DAY ? inYear(year - 1) : inYear(year));
}

const known = (moment: number): number | undefined => (Number.isNaN(moment) ? undefined : moment);
const zoneOf = (zone: string): string => zone.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2');

/**
 * Where the first line begins that was written after a moment, in a file whose lines stand in order; its size when none
 * was. Undefined for a file whose lines tell no time. Found by halving: a log of gigabytes costs some dozen reads.
 */
export async function endAt(handle: FileHandle, size: number, moment: number): Promise<number | undefined> {
  if ((await datedLine(handle, 0, size)) === undefined) return undefined;
  let [low, high] = [0, size];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const line = await datedLine(handle, middle, size);
    if (line !== undefined && line.moment <= moment) low = line.at + 1;
    else high = middle;
  }
  const after = await datedLine(handle, low, size);
  return after === undefined ? size : after.at;
}

/** The first line from an offset on that tells when it was written. */
async function datedLine(
  handle: FileHandle,
  from: number,
  size: number,
): Promise<{ at: number; moment: number } | undefined> {
  // From the byte before: a line may begin just here.
  const start = Math.max(0, from - 1);
  const block = Buffer.alloc(Math.min(BLOCK, size - start));
  const { bytesRead } = await handle.read(block, 0, block.length, start);
  const bytes = block.subarray(0, bytesRead);
  let at = from === 0 ? 0 : bytes.indexOf(NEWLINE) + 1;
  while (from === 0 || at > 0) {
    const moment = momentOf(bytes.subarray(at, at + 40).toString('latin1'));
    if (moment !== undefined) return { at: start + at, moment };
    const next = bytes.indexOf(NEWLINE, at);
    if (next < 0) return undefined;
    at = next + 1;
  }
  return undefined;
}
