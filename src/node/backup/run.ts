import { randomBytes } from 'node:crypto';
import { rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Fault } from '../../api/fault.ts';
import { say, type Words } from '../../api/words.ts';
import { copyElsewhere } from '../backup-copy/copy.ts';
import type { CopyFolders } from '../backup-copy/setting.ts';
import type { Engine } from './engine.ts';
import { alone, freeBytes, prune, publish } from './files.ts';
import type { BackupDone } from './schema.ts';

export interface BackupOptions {
  folder: string;
  engine: Engine;
  name: string;
  keep: number;
  signal: AbortSignal;
  progress(words: Words, fraction?: number): void;
  /** Where it is told whether the backup is copied to another machine besides; it is not when absent. */
  copy?: CopyFolders;
}

const MEGABYTE = 1_000_000;

/** Makes a dump, proves it, and only then removes old ones. Faults: `conflict` while another backup runs. */
export function backUp(options: BackupOptions): Promise<BackupDone> {
  return alone(options.folder, () => dumpAndProve(options));
}

async function dumpAndProve(options: BackupOptions): Promise<BackupDone> {
  const { folder, engine, progress, signal } = options;
  const databases = await engine.databases();
  if (databases.length === 0) throw nothingThere();
  const draft = draftIn(folder, 'dump');
  try {
    const sql = await dumpTo(options, databases, draft);
    const verified = await prove(engine, folder, draft, sql, { signal, progress });
    return await finish(options, draft, sql, verified);
  } finally {
    await rm(draft, { force: true });
  }
}

const draftIn = (folder: string, what: string): string =>
  join(folder, `.zstack-${what}-${randomBytes(4).toString('hex')}.partial`);

async function dumpTo({ engine, progress, signal }: BackupOptions, databases: string[], draft: string) {
  const expected = await engine.bytes(databases);
  let sql = 0;
  await engine.dump(databases, draft, signal, (bytes) => {
    sql = bytes;
    const done = Math.min(0.6, (0.6 * bytes) / Math.max(expected, 1));
    progress(say(`dumping: ${megabytes(bytes)} MB`, `正在导出：${megabytes(bytes)} MB`), done);
  });
  return sql;
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
 * Loads the dump away from what is live and counts what is there. A dump that cannot be loaded is a fault; one for
 * which there is no room is said to be unproven.
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
  const { tables, rows } = await engine.examine(proofIn(folder), path, signal, (bytes) => {
    const words = say(`proving the dump: ${megabytes(bytes)} MB`, `正在验证备份：${megabytes(bytes)} MB`);
    progress(words, 0.6 + Math.min(0.38, (0.38 * bytes) / Math.max(content, 1)));
  });
  return { tables, rows };
}

async function finish(
  options: BackupOptions,
  draft: string,
  sql: number,
  verified: BackupDone['verified'],
): Promise<BackupDone> {
  const { folder, name, keep } = options;
  const path = await publish(draft, folder, name);
  const { size } = await stat(path);
  const done = { path, size, sql, verified, removed: await prune(folder, name, keep, path) };
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
  throw new Fault('notFound', say(`there is no dump ${basename(path)}`, `没有备份 ${basename(path)}`), {
    field: 'file',
  });
}
