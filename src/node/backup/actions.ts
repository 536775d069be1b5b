import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { type Implementation, implement } from '../../api/action.ts';
import { Fault } from '../../api/fault.ts';
import type { Executor } from '../../api/plan.ts';
import { say } from '../../api/words.ts';
import { ensureFolder } from '../../system/files.ts';
import { lockFolder } from '../../system/lock.ts';
import { checkDatabaseRoot, openAsRoot } from '../database/apply.ts';
import { localDatabase } from '../database/local.ts';
import { load, ownDatabases } from './dump.ts';
import { FOLDER_MODE, freeBytes, listBackups as list, removeDrafts, SAFETY_NAME } from './files.ts';
import {
  loadDump,
  type RestoreParts,
  safetyDump,
  safetyOf,
  startAfterRestore,
  stopForRestore,
} from './restore.ts';
import { restorePlan } from './restore-plan.ts';
import { backUp, existingDump, proofIn } from './run.ts';
import { backupDatabase, listBackups, restoreDatabase } from './schema.ts';
import { withThrowawayServer } from './throwaway.ts';

export interface BackupParts extends RestoreParts {
  properties: string;
}

export const backupExecutors = (parts: RestoreParts): [string, Executor][] => [
  ['restore.stopService', stopForRestore(parts) as Executor],
  ['restore.safetyDump', safetyDump(parts) as Executor],
  ['restore.load', loadDump(parts) as Executor],
  ['restore.startService', startAfterRestore(parts) as Executor],
];

export const backupActions = (parts: BackupParts): Implementation[] => [
  implement(backupDatabase, async ({ name, keep }, { signal, progress }) => {
    await localDatabase(parts.properties);
    return backUp({ folder: parts.folder, socket: parts.socket, name, keep, signal, progress });
  }),
  implement(listBackups, async () => {
    const { folder } = parts;
    await ensureFolder(folder, FOLDER_MODE);
    const backups = [...(await list(folder)), ...(await list(folder, SAFETY_NAME))];
    return {
      folder,
      free: await freeBytes(folder),
      backups: backups.sort((one, other) => other.made - one.made),
    };
  }),
  implement(restoreDatabase, async ({ file, rootPassword }, { progress, carryOut, signal }) => {
    await localDatabase(parts.properties);
    await checkDatabaseRoot(parts.socket, rootPassword);
    await existingDump(file);
    progress(say('proving the dump in a throw-away server', '在临时服务器中验证备份'));
    const databases = await alone(parts.folder, () => databasesIn(parts.folder, file, signal));
    const id = randomUUID();
    return alone(parts.folder, async () => {
      await carryOut(restorePlan(id, file, databases));
      const safety = await safetyOf(parts.keepsakes, id);
      await parts.keepsakes.forget(id);
      return { safety };
    });
  }),
];

/** While no backup runs: it would dump what is half loaded. */
async function alone<T>(folder: string, work: () => Promise<T>): Promise<T> {
  await ensureFolder(folder, FOLDER_MODE);
  const lock = lockFolder(folder);
  try {
    await removeDrafts(folder);
    return await work();
  } finally {
    lock.release();
  }
}

const SYSTEM = new Set(['information_schema', 'mysql', 'performance_schema', 'sys']);

/** Databases that a dump brings. Throws when it cannot be loaded, holds none of ours, or anything else. */
async function databasesIn(folder: string, file: string, signal: AbortSignal): Promise<string[]> {
  const { size } = await stat(file);
  if ((await freeBytes(folder)) < size) throw noRoom();
  return withThrowawayServer(proofIn(folder), async (socket) => {
    await load(socket, file, signal);
    using database = await openAsRoot(socket);
    const rows = await database.query('SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA');
    const names = rows.map(({ name }) => String(name)).filter((name) => !SYSTEM.has(name));
    const own = await ownDatabases(socket);
    const foreign = names.filter((name) => !own.includes(name));
    if (foreign.length > 0) throw notOurs(foreign);
    return own;
  });
}

const noRoom = (): Fault =>
  new Fault('conflict', say('no room to prove the dump', '没有空间验证备份'), {
    next: say('free space in the backup folder', '请清理备份目录'),
  });

const notOurs = (names: readonly string[]): Fault =>
  new Fault(
    'conflict',
    say(`the dump holds more than this product's databases: ${names}`, `备份中包含其他数据库：${names}`),
    { field: 'file' },
  );
