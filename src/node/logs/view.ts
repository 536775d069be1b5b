import { Fault } from '../../api/fault.ts';
import type { Role } from '../../api/role.ts';
import { say } from '../../api/words.ts';
import { whyOf } from '../../system/errno.ts';
import { runLines } from '../../system/exec.ts';
import type { Layout } from '../zstack/layout.ts';
import { PACKED } from './copy.ts';
import { Mask } from './mask.ts';
import type { LogFile } from './schema.ts';
import { knownSecrets } from './secrets.ts';
import { sourcesOf } from './sources.ts';
import { tail } from './tail.ts';
import { type Visitor, walk } from './walk.ts';

/** The system's journal among the names of logs. */
export const JOURNAL = 'journal';
const DEEPEST = 3;
const GATHER_MILLISECONDS = 100;
const ONCE_MILLISECONDS = 60_000;

/** The journal first, then the files of this role that are there. */
export async function readableLogs(role: Role, layout: Layout): Promise<LogFile[]> {
  const { logs } = sourcesOf(role, layout);
  const found: LogFile[] = [{ name: JOURNAL, path: '', size: 0 }];
  const visitor: Visitor = {
    async file({ path, stats }) {
      if (!PACKED.test(path)) found.push({ name: path, path, size: stats.size });
    },
    passed: () => {},
  };
  for (const source of logs) {
    const { path } = source;
    if (!/^\/(etc|proc)\//.test(path) && path !== layout.properties) await walk(source, DEEPEST, visitor);
  }
  return found;
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
  const onLine = (line: string) => {
    if (!line.toLowerCase().includes(wanted)) return;
    waiting.push(Buffer.from(mask.apply(Buffer.from(line).toString('latin1')), 'latin1').toString());
    if (waiting.length >= options.lines) flush();
  };
  const timer = setInterval(flush, GATHER_MILLISECONDS);
  try {
    await (log.name === JOURNAL ? journal(options, onLine) : tail(log.path, { ...options, onLine }));
  } catch (thrown) {
    const why = whyOf(thrown);
    throw thrown instanceof Fault ? thrown : new Fault('failed', why, { cause: thrown });
  } finally {
    clearInterval(timer);
  }
  flush();
}

/** Hands on the journal's lines. Throws `failed` with its last words. */
async function journal(
  { lines, follow, signal }: ReadOptions,
  onLine: (line: string) => void,
): Promise<void> {
  // On a narrow screen the message needs the columns that year, zone and this node's own name would take.
  const form = ['--output=short', '--no-hostname', `--lines=${lines}`, ...(follow ? ['--follow'] : [])];
  const child = runLines(['journalctl', '--no-pager', ...form], {
    ...(follow ? {} : { timeout: ONCE_MILLISECONDS }),
    onLine,
  });
  const stop = () => child.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const { code, stderr } = await child.ended;
  if (code !== 0 && !signal.aborted) throw new Fault('failed', say(stderr.trim(), stderr.trim()));
}

const noLog = (name: string): Fault =>
  new Fault('notFound', say(`there is no log ${name}`, `没有日志 ${name}`), { field: 'name' });
