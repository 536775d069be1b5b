import { readdirSync } from 'node:fs';
import { known, unknown } from '../../api/reading.ts';
import { say } from '../../api/words.ts';
import { whyOf } from '../../system/errno.ts';
import { run } from '../../system/exec.ts';
import type { Board } from './board.ts';
import type { ErrorCount } from './schema.ts';
import type { Supplier } from './supplier.ts';

/** Ticks between two readings: errors of an hour do not change quickly, and a program is started for them. */
const EVERY = 90;
const TIMEOUT = 10_000;
/** Where journald keeps what it takes: without either nobody writes errors down. */
const FOLDERS = ['/run/log/journal', '/var/log/journal'];
const NO_JOURNAL = say('no journal is kept here', '此处没有系统日志');
/** Newest errors that are counted, and the bytes that they may take. */
const MOST_LINES = 1000;
const MOST_BYTES = 1024 * 1024;
const ARGV = [
  'journalctl',
  '--no-pager',
  '--quiet',
  '--priority=err',
  '--since=-1h',
  `--lines=${MOST_LINES}`,
  '--output=json',
  '--output-fields=SYSLOG_IDENTIFIER,_SYSTEMD_UNIT,_COMM',
];

/** What the system's journal holds of errors of the last hour, counted by source; what they say is left out. */
export const errorsSupplier = (board: Board): Supplier => ({
  polls: [
    {
      every: EVERY,
      async read() {
        board.set('errors', await readErrors());
      },
    },
  ],
});

async function readErrors() {
  try {
    const { code, stdout, stderr } = await run(ARGV, { timeout: TIMEOUT, maxBytes: MOST_BYTES });
    if (code === 0 && stdout === '' && !FOLDERS.some(isKept)) return unknown(NO_JOURNAL);
    if (code === 0) return known(errorCounts(stdout));
    const why = stderr.trim().split('\n')[0] ?? '';
    return unknown(say(`journalctl: ${why}`, `journalctl：${why}`));
  } catch (thrown) {
    return unknown(whyOf(thrown));
  }
}

/** Whether there is a journal in the folder: an empty one comes with the system. */
function isKept(folder: string): boolean {
  try {
    return readdirSync(folder).length > 0;
  } catch {
    return false;
  }
}

/** journalctl's JSON, one entry a line, as sources with their counts, the newest first. */
export function errorCounts(text: string): ErrorCount[] {
  const counts = new Map<string, ErrorCount>();
  for (const line of text.split('\n').filter((row) => row !== '')) {
    const entry = JSON.parse(line) as Record<string, unknown>;
    const source = sourceOf(entry);
    const last = Math.floor(Number(entry.__REALTIME_TIMESTAMP) / 1000);
    const before = counts.get(source);
    counts.set(source, {
      source,
      count: (before?.count ?? 0) + 1,
      last: Math.max(last, before?.last ?? 0),
    });
  }
  return [...counts.values()].sort((a, b) => b.last - a.last);
}

/** What is no text (the journal gives that as a list of bytes) names nobody. */
function sourceOf(entry: Record<string, unknown>): string {
  const names = [entry.SYSLOG_IDENTIFIER, entry._SYSTEMD_UNIT, entry._COMM];
  return names.find((name): name is string => typeof name === 'string' && name !== '') ?? '-';
}
