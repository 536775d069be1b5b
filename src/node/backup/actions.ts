import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { z } from 'zod';
import { type Implementation, implement } from '../../api/action.ts';
import { Fault } from '../../api/fault.ts';
import type { Executor } from '../../api/plan.ts';
import { say } from '../../api/words.ts';
import { ensureFolder } from '../../system/files.ts';
import { copyActions, copyExecutors } from '../backup-copy/actions.ts';
import { readCopyState } from '../backup-copy/copy.ts';
import type { CopyFolders } from '../backup-copy/setting.ts';
import { checkDatabaseRoot } from '../database/apply.ts';
import { DATABASES } from './dump.ts';
import { configuredEngine, type Engine, engineOf, kindOf } from './engine.ts';
import {
  alone,
  FOLDER_MODE,
  freeBytes,
  listBackups as list,
  NAME,
  RESET_NAME,
  SAFETY_NAME,
} from './files.ts';
import {
  loadDump,
  type RestoreParts,
  safetyDump,
  safetyOf,
  startAfterRestore,
  stopForRestore,
} from './restore.ts';
import { restorePlan } from './restore-plan.ts';
import { backUp, existingDump, PROVING, proofIn } from './run.ts';
import {
  backupDatabase,
  type EngineKind,
  listBackups,
  planRestore,
  restoreDatabase,
  setTimetable,
} from './schema.ts';
import { readTimetable, setTimetableIn, timetablePlan } from './timetable.ts';

export interface BackupParts extends RestoreParts {
  /** Folder of this node's own unit files. */
  units: string;
  copy: CopyFolders;
}

export const backupExecutors = (parts: BackupParts): [string, Executor][] => [
  ['restore.stopService', stopForRestore(parts) as Executor],
  ['restore.safetyDump', safetyDump(parts) as Executor],
  ['restore.load', loadDump(parts) as Executor],
  ['restore.startService', startAfterRestore(parts) as Executor],
  ['backup.setTimetable', setTimetableIn(parts.units) as Executor],
  ...copyExecutors(parts.copy),
];

export const backupActions = (parts: BackupParts): Implementation[] => [
  ...copyActions(parts.copy),
  implement(backupDatabase, async ({ name, keep }, { signal, progress }) => {
    const engine = await engineOf(parts);
    const kept = keep ?? (await readTimetable(parts.units)).keep;
    const { folder, copy } = parts;
    return backUp({ folder, copy, engine, name, keep: kept, signal, progress });
  }),
  implement(setTimetable, async (wanted, { carryOut }) => carryOut(await timetablePlan(parts.units, wanted))),
  implement(planRestore, async (input) => {
    const { kind } = await checkedEngine(parts, input);
    return restorePlan({ id: randomUUID(), engine: kind }, input.file, []);
  }),
  implement(listBackups, async () => {
    const { folder } = parts;
    await ensureFolder(folder, FOLDER_MODE);
    const lists = [NAME, SAFETY_NAME, RESET_NAME].map((name) => list(folder, name));
    const files = (await Promise.all(lists)).flat();
    const backups = files.map(async (file) => ({ ...file, kind: await kindOf(file.path) }));
    return {
      folder,
      free: await freeBytes(folder),
      engine: await configuredEngine(parts.properties),
      timetable: await readTimetable(parts.units),
      copy: await readCopyState(parts.copy),
      backups: (await Promise.all(backups)).sort((one, other) => other.made - one.made),
    };
  }),
  implement(restoreDatabase, async (input, { progress, carryOut, signal }) => {
    const engine = await checkedEngine(parts, input);
    const { file } = input;
    progress(PROVING);
    const databases = await alone(parts.folder, () => databasesIn(engine, parts.folder, file, signal));
    const id = randomUUID();
    return alone(parts.folder, async () => {
      const started = (await parts.service.standing()) !== 'stopped';
      await carryOut(restorePlan({ id, engine: engine.kind }, file, databases));
      const safety = await safetyOf(parts.keepsakes, id);
      await engine.forget(id);
      await parts.keepsakes.forget(id);
      return { started, ...(safety === undefined ? {} : { safety }) };
    });
  }),
];

/** The engine that this input may be restored into. */
async function checkedEngine(
  parts: BackupParts,
  { file, rootPassword }: z.output<typeof restoreDatabase.input>,
): Promise<Engine> {
  const engine = await engineOf(parts);
  if (engine.kind === 'MySQL') {
    if (rootPassword === undefined) throw passwordNeeded();
    await checkDatabaseRoot(parts.socket, rootPassword);
  }
  await existingDump(file);
  await sameKind(file, engine.kind);
  return engine;
}

/** Databases that a dump brings. Throws when it cannot be loaded, holds none of ours, or anything else. */
async function databasesIn(
  engine: Engine,
  folder: string,
  file: string,
  signal: AbortSignal,
): Promise<string[]> {
  const { size } = await stat(file);
  if ((await freeBytes(folder)) < size) throw noRoom();
  const { databases } = await engine.examine(proofIn(folder), file, signal, () => {});
  const foreign = databases.filter((name) => !DATABASES.includes(name));
  if (foreign.length > 0) throw notOurs(foreign);
  if (databases.length === 0) throw holdsNone();
  return databases;
}

const KINDS: Record<EngineKind, { en: string; zh: string }> = {
  MySQL: say('MySQL', 'MySQL'),
  embedded: say('the embedded store', '内置存储'),
};

/** A dump of the one engine says nothing to the other. */
async function sameKind(file: string, kind: EngineKind): Promise<void> {
  const found = await kindOf(file);
  if (found === kind) return;
  const [here, there] = [KINDS[kind], found === 'unknown' ? undefined : KINDS[found]];
  const words =
    there === undefined
      ? say('this is no dump of a database', '这不是数据库备份')
      : say(
          `this is a dump of ${there.en}, and this node keeps its data in ${here.en}`,
          `这是${there.zh}的备份，而本节点的数据保存在${here.zh}`,
        );
  throw new Fault('conflict', words, { field: 'file' });
}

const passwordNeeded = (): Fault =>
  new Fault('usage', say('MySQL root password is needed', '需要 MySQL root 密码'), { field: 'rootPassword' });

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

const holdsNone = (): Fault =>
  new Fault('conflict', say('the dump holds no database of this product', '备份中没有本产品的数据库'), {
    field: 'file',
  });
