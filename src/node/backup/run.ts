import { randomBytes } from 'node:crypto';
import { rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Fault } from '../../api/fault.ts';
import { say, type Words } from '../../api/words.ts';
import { copyElsewhere } from './copy/copy.ts';
import type { CopyFolders } from './copy/setting.ts';
import type { Engine } from './engine.ts';
import { alone, freeBytes, prune, publish } from './files.ts';
import { keepLastBackup, type LastBackup, readLastBackup } from './record.ts';
import type { BackupDone } from './schema.ts';

export interface BackupOptions {
  folder: string;
  engine: Engine;
  name: string;
  keep: number;
  signal: AbortSignal;
  progress(words: Words, fraction?: number): void;
  /** File that says afterwards how it went; nothing does when absent. */
  record?: string;
  /** Where it is told whether the backup is copied to another machine besides; it is not when absent. */
  copy?: CopyFolders;
}

const MEGABYTE = 1_000_000;

/**
 * Makes a dump, proves it, and only then removes old ones. One that cannot be proven is kept and called so. Faults:
 * `conflict` while another backup runs.
 */
export function backUp(options: BackupOptions): Promise<BackupDone> {
  return alone(options.folder, async () => {
    const before = options.record === undefined ? undefined : readLastBackup(options.record);
    try {
      const done = await dumpAndProve(options, before?.proven);
      await tell(options, lastOf(done, before));
      return done;
    } catch (thrown) {
      const fault = Fault.from(thrown);
      const told = options.signal.aborted || fault.kind === 'notFound';
      if (!told) await tell(options, { ...kept(before), at: Date.now(), failed: withNext(fault) });
      throw thrown;
    }
  });
}

const kept = (before: LastBackup | undefined): Pick<LastBackup, 'proven'> =>
  before?.proven === undefined ? {} : { proven: before.proven };

function lastOf({ path, verified, left }: BackupDone, before: LastBackup | undefined): LastBackup {
  const proof = 'why' in verified ? { ...kept(before), unproven: verified.why } : { proven: basename(path) };
  return { at: Date.now(), ...proof, ...(left === undefined ? {} : { left }) };
}

/** The backup is what counts: it is made, or its own fault is told, whether this can be kept or not. */
async function tell({ record }: BackupOptions, last: LastBackup): Promise<void> {
  if (record !== undefined) await keepLastBackup(record, last).catch(() => undefined);
}

const withNext = ({ words, next }: Fault): Words =>
  next === undefined ? words : say(`${words.en}; ${next.en}`, `${words.zh}；${next.zh}`);

async function dumpAndProve(options: BackupOptions, proven: string | undefined): Promise<BackupDone> {
  const { folder, engine, progress, signal } = options;
  const databases = await engine.databases();
  if (databases.length === 0) throw nothingThere();
  const draft = draftIn(folder, 'dump');
  try {
    const { sql, left } = await dumpTo(options, databases, draft);
    const verified = await prove(engine, folder, draft, sql, { signal, progress });
    const done = await finish(options, draft, { sql, verified, proven });
    return left.length === 0 ? done : { ...done, left };
  } finally {
    await rm(draft, { force: true });
  }
}

const draftIn = (folder: string, what: string): string =>
  join(folder, `.zstack-${what}-${randomBytes(4).toString('hex')}.partial`);

async function dumpTo({ engine, progress, signal }: BackupOptions, databases: string[], draft: string) {
  const expected = await engine.bytes(databases);
  let sql = 0;
  const left = await engine.dump(databases, draft, signal, (bytes) => {
    sql = bytes;
    const done = Math.min(0.6, (0.6 * bytes) / Math.max(expected, 1));
    progress(say(`dumping: ${megabytes(bytes)} MB`, `正在导出：${megabytes(bytes)} MB`), done);
  });
  return { sql, left };
}

/** A place to load a dump into, which a later run clears away if this one cannot. */
export const proofIn = (folder: string): string => draftIn(folder, 'proof');

export const PROVING = say('proving the dump away from what is live', '在独立环境中验证备份');

const megabytes = (bytes: number): string => (bytes / MEGABYTE).toFixed(1);

interface Steps {
  signal: AbortSignal;
  progress: BackupOptions['progress'];
}

/**
 * Loads the dump away from what is live and counts what is there. Where that cannot be done it is still all that there
 * is, and the server that it is of may take it: it is said to be unproven, and why.
 */
async function prove(
  engine: Engine,
  folder: string,
  path: string,
  content: number,
  { signal, progress }: Steps,
): Promise<BackupDone['verified']> {
  const needed = engine.roomFor(content);
  if ((await freeBytes(folder)) < needed) return { why: noRoom(needed) };
  progress(PROVING, 0.6);
  const told = (bytes: number) => {
    const words = say(`proving the dump: ${megabytes(bytes)} MB`, `正在验证备份：${megabytes(bytes)} MB`);
    progress(words, 0.6 + Math.min(0.38, (0.38 * bytes) / Math.max(content, 1)));
  };
  try {
    const { tables, rows } = await engine.examine(proofIn(folder), path, signal, told);
    return { tables, rows };
  } catch (thrown) {
    signal.throwIfAborted();
    const { en, zh } = Fault.from(thrown).words;
    return { why: say(`not proven: ${en}`, `未验证：${zh}`) };
  }
}

interface Proved extends Pick<BackupDone, 'sql' | 'verified'> {
  /** Name of the newest one that was proven before. */
  proven: string | undefined;
}

async function finish(
  options: BackupOptions,
  draft: string,
  { sql, verified, proven }: Proved,
): Promise<BackupDone> {
  const { folder, name, keep } = options;
  const path = await publish(draft, folder, name);
  const { size } = await stat(path);
  // Unproven ones alone never take the place of the last that was proven.
  const spared = [basename(path), ...('why' in verified && proven !== undefined ? [proven] : [])];
  const done = { path, size, sql, verified, removed: await prune(folder, name, keep, spared) };
  const copy = await copyOf(options, path);
  return copy === undefined ? done : { ...done, copy };
}

/** The backup is whole by now, and stays so whatever becomes of its copy. */
async function copyOf({ copy, name, keep, signal, progress }: BackupOptions, path: string) {
  if (copy === undefined) return undefined;
  return copyElsewhere(copy, { path, name, keep }, { signal, progress });
}

const nothingThere = (): Fault =>
  new Fault(
    'notFound',
    say('there is nothing to dump: the service has never run', '没有可备份的数据：服务从未运行过'),
  );

const noRoom = (needed: number): Words => {
  const text = `${Math.ceil(needed / MEGABYTE)} MB`;
  return say(`not proven: it needs ${text} of free space`, `未验证：需要 ${text} 可用空间`);
};

/** The dump to be restored. Throws `notFound`. */
export async function existingDump(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile()) return path;
  throw new Fault('notFound', say(`there is no file ${path}`, `没有文件 ${path}`), {
    field: 'file',
  });
}
