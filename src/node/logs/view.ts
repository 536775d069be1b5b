import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../api/fault.ts';
import type { Role } from '../../api/role.ts';
import { say } from '../../api/words.ts';
import { runLines } from '../../system/exec.ts';
import type { Layout } from '../services/layout.ts';
import { Mask } from './mask.ts';
import type { LogFile } from './schema.ts';
import { knownSecrets } from './secrets.ts';
import { sourcesOf } from './sources.ts';

/** The system's journal among the names of logs. */
export const JOURNAL = 'journal';
const DEEPEST = 2;
const GATHER_MILLISECONDS = 100;
const ONCE_MILLISECONDS = 60_000;

/** The journal first, then the files of this role that are there. */
export async function readableLogs(role: Role, layout: Layout): Promise<LogFile[]> {
  const { paths } = sourcesOf(role, layout, undefined);
  const logs = paths.filter(
    (path) => !path.startsWith('/etc/') && !path.startsWith('/proc/') && path !== layout.properties,
  );
  const found = await Promise.all(logs.map((path) => filesAt(path, 0)));
  return [
    { name: JOURNAL, path: '', size: 0 },
    ...found.flat().map(({ path, size }) => ({ name: path, path, size })),
  ];
}

async function filesAt(path: string, depth: number): Promise<{ path: string; size: number }[]> {
  const stats = await stat(path).catch(() => undefined);
  if (stats?.isFile()) return /\.(gz|xz|zst|bz2)$/.test(path) ? [] : [{ path, size: stats.size }];
  if (!stats?.isDirectory() || depth > DEEPEST) return [];
  const names = (await readdir(path).catch(() => [])).sort();
  const found = await Promise.all(names.map((name) => filesAt(join(path, name), depth + 1)));
  return found.flat();
}

export interface ReadOptions {
  name: string;
  lines: number;
  follow: boolean;
  filter: string;
  signal: AbortSignal;
  emit(item: { lines: string[] }): void;
}

/** Streams the end of a log, masked; with `follow` until aborted. Throws `notFound` for what is not in the list. */
export async function readLog(role: Role, layout: Layout, options: ReadOptions): Promise<void> {
  const log = (await readableLogs(role, layout)).find(({ name }) => name === options.name);
  if (log === undefined) throw noLog(options.name);
  const mask = new Mask(await knownSecrets(layout.properties));
  const wanted = options.filter.toLowerCase();
  let waiting: string[] = [];
  const flush = () => {
    if (waiting.length > 0) options.emit({ lines: waiting });
    waiting = [];
  };
  const child = runLines(argvOf(log, options), {
    ...(options.follow ? {} : { timeout: ONCE_MILLISECONDS }),
    onLine(line) {
      if (!line.toLowerCase().includes(wanted)) return;
      waiting.push(Buffer.from(mask.apply(Buffer.from(line).toString('latin1')), 'latin1').toString());
      if (waiting.length >= options.lines) flush();
    },
  });
  const timer = setInterval(flush, GATHER_MILLISECONDS);
  const stop = () => child.kill('SIGTERM');
  options.signal.addEventListener('abort', stop, { once: true });
  if (options.signal.aborted) stop();
  const { code, stderr } = await child.ended.finally(() => clearInterval(timer));
  flush();
  if (code !== 0 && !options.signal.aborted) throw new Fault('failed', say(stderr.trim(), stderr.trim()));
}

function argvOf({ name, path }: LogFile, { lines, follow }: ReadOptions): string[] {
  if (name === JOURNAL) {
    return [
      'journalctl',
      '--no-pager',
      // On a narrow screen the message needs the columns that year, zone and this node's own name would take.
      '--output=short',
      '--no-hostname',
      `--lines=${lines}`,
      ...(follow ? ['--follow'] : []),
    ];
  }
  // By name, so that a rotation does not end it.
  return ['tail', `--lines=${lines}`, ...(follow ? ['--follow=name', '--retry'] : []), '--', path];
}

const noLog = (name: string): Fault =>
  new Fault('notFound', say(`there is no log ${name}`, `没有日志 ${name}`), { field: 'name' });
