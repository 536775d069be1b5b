import { randomBytes } from 'node:crypto';
import { rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Fault } from '../../api/fault.ts';
import { say, type Words } from '../../api/words.ts';
import { ensureFolder } from '../../system/files.ts';
import { lockFolder } from '../../system/lock.ts';
import type { Database } from '../../system/mariadb.ts';
import { openAsRoot } from '../database/apply.ts';
import { dump, load, ownDatabases } from './dump.ts';
import { FOLDER_MODE, freeBytes, prune, publish, removeDrafts } from './files.ts';
import type { BackupDone } from './schema.ts';
import { withThrowawayServer } from './throwaway.ts';

export interface BackupOptions {
  folder: string;
  /** Unix socket of the server. */
  socket: string;
  name: string;
  keep: number;
  signal: AbortSignal;
  progress(words: Words, fraction?: number): void;
}

const MEGABYTE = 1_000_000;
/** A loaded database takes more than its SQL: pages, indexes, logs. */
const LOADED_FACTOR = 2.5;
const SERVER_BYTES = 300 * MEGABYTE;

/** Makes a dump, proves it, and only then removes old ones. Faults: `conflict` while another backup runs. */
export async function backUp(options: BackupOptions): Promise<BackupDone> {
  const { folder, socket, progress, signal } = options;
  await ensureFolder(folder, FOLDER_MODE);
  const lock = lockFolder(folder);
  try {
    await removeDrafts(folder);
    const databases = await ownDatabases(socket);
    const draft = draftIn(folder, 'dump');
    try {
      const sql = await dumpTo(options, databases, draft);
      const verified = await prove(folder, draft, databases, sql, { signal, progress });
      return await finish(options, draft, sql, verified);
    } finally {
      await rm(draft, { force: true });
    }
  } finally {
    lock.release();
  }
}

const draftIn = (folder: string, what: string): string =>
  join(folder, `.zstack-${what}-${randomBytes(4).toString('hex')}.partial`);

async function dumpTo({ socket, progress, signal }: BackupOptions, databases: string[], draft: string) {
  const expected = await sizeOf(socket, databases);
  let sql = 0;
  await dump(socket, databases, draft, signal, (bytes) => {
    sql = bytes;
    const done = Math.min(0.6, (0.6 * bytes) / Math.max(expected, 1));
    progress(say(`dumping: ${megabytes(bytes)} MB`, `正在导出：${megabytes(bytes)} MB`), done);
  });
  return sql;
}

/** A place for a throw-away server, which a later run clears away if this one cannot. */
export const proofIn = (folder: string): string => draftIn(folder, 'proof');

const megabytes = (bytes: number): string => (bytes / MEGABYTE).toFixed(1);

/** About as many bytes as its SQL will have. */
async function sizeOf(socket: string, databases: readonly string[]): Promise<number> {
  using database = await openAsRoot(socket);
  const sql = 'SELECT SUM(DATA_LENGTH) AS bytes FROM information_schema.TABLES WHERE TABLE_SCHEMA IN (?)';
  const [row] = await database.query(sql, [databases]);
  return Number(row?.bytes ?? 0);
}

interface Steps {
  signal: AbortSignal;
  progress: BackupOptions['progress'];
}

/**
 * Loads the dump into a throw-away server and counts what is there. A dump that cannot be loaded is a fault; one for
 * which there is no room or no server is said to be unproven.
 */
export async function prove(
  folder: string,
  path: string,
  databases: readonly string[],
  sql: number,
  { signal, progress }: Steps,
): Promise<BackupDone['verified']> {
  const needed = sql * LOADED_FACTOR + SERVER_BYTES;
  if ((await freeBytes(folder)) < needed) return { why: noRoom(needed) };
  progress(say('proving the dump in a throw-away server', '在临时服务器中验证备份'), 0.6);
  return withThrowawayServer(proofIn(folder), async (socket) => {
    await load(socket, path, signal, (bytes) => {
      const words = say(`proving the dump: ${megabytes(bytes)} MB`, `正在验证备份：${megabytes(bytes)} MB`);
      progress(words, 0.6 + Math.min(0.38, (0.38 * bytes) / Math.max(sql, 1)));
    });
    using database = await openAsRoot(socket);
    return await countOf(database, databases);
  });
}

async function countOf(
  database: Database,
  databases: readonly string[],
): Promise<{ tables: number; rows: number }> {
  const sql =
    'SELECT TABLE_SCHEMA AS db, TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_TYPE = ? AND TABLE_SCHEMA IN (?)';
  const tables = await database.query(sql, ['BASE TABLE', databases]);
  let rows = 0;
  for (const { db, name } of tables) {
    const [row] = await database.query('SELECT COUNT(*) AS count FROM ??.??', [db, name]);
    rows += Number(row?.count);
  }
  return { tables: tables.length, rows };
}

async function finish(
  { folder, name, keep }: BackupOptions,
  draft: string,
  sql: number,
  verified: BackupDone['verified'],
): Promise<BackupDone> {
  const path = await publish(draft, folder, name);
  const { size } = await stat(path);
  return { path, size, sql, verified, removed: await prune(folder, name, keep, path) };
}

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
