import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { z } from 'zod';
import { implement, type OutputOf, type Run } from '../../api/action.ts';
import { Fault } from '../../api/fault.ts';
import { type Feature, feature } from '../../api/feature.ts';
import type { Plan } from '../../api/plan.ts';
import { say } from '../../api/words.ts';
import { ensureFolder } from '../../system/files.ts';
import { checkDatabaseRoot } from '../database/apply.ts';
import { readCopyState } from './copy/copy.ts';
import type { CopyFolders } from './copy/setting.ts';
import type { Engine } from './engine.ts';
import { configuredEngine, engineOf, kindIn, kindOf } from './engines.ts';
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
  type RestoreGiven,
  type RestoreParts,
  safetyDump,
  stageDump,
  startAfterRestore,
  swapIn,
} from './restore.ts';
import { type RestoreStep, restorePlan } from './restore-plan.ts';
import { backUp, existingDump } from './run.ts';
import {
  backupDatabase,
  type EngineKind,
  listBackups,
  planRestore,
  type Restored,
  restoreDatabase,
  setTimetable,
} from './schema.ts';
import { stopping } from './stopped.ts';
import { readTimetable, type SetTimetable, setTimetableIn, timetablePlan } from './timetable.ts';

export interface BackupParts extends RestoreParts {
  /** Folder of this node's own unit files. */
  units: string;
  copy: CopyFolders;
  /** File that says how the last backup went. */
  record: string;
}

export const backupFeature = (parts: BackupParts): Feature =>
  feature<SetTimetable>({
    actions: [
      implement(backupDatabase, async ({ name, keep }, { signal, progress }) => {
        const engine = await engineOf(parts);
        const kept = keep ?? (await readTimetable(parts.units)).keep;
        const { folder, copy, record } = parts;
        return backUp({ folder, copy, record, engine, name, keep: kept, signal, progress });
      }),
      implement(setTimetable, async (wanted, { carryOut }) =>
        carryOut(await timetablePlan(parts.units, wanted)),
      ),
      implement(listBackups, () => listed(parts)),
    ],
    executors: { 'backup.setTimetable': setTimetableIn(parts.units) },
  });

export const restoreFeature = (parts: BackupParts): Feature =>
  feature<RestoreStep, RestoreGiven>({
    actions: [
      implement(planRestore, async (input, run) => {
        const engine = await checkedEngine(parts, input);
        return run.show(await planOf(engine, input));
      }),
      implement(restoreDatabase, (input, run) => restore(parts, input, run)),
    ],
    executors: {
      'restore.stage': stageDump(parts),
      'restore.stopService': stopping(parts.service),
      'restore.safetyDump': safetyDump(parts),
      'restore.swap': swapIn(parts),
      'restore.startService': startAfterRestore(parts),
    },
  });

async function listed(parts: BackupParts): Promise<OutputOf<typeof listBackups>> {
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
}

async function restore(
  parts: BackupParts,
  input: RestoreInput,
  { carryOut }: Pick<Run<never, RestoreStep, RestoreGiven>, 'carryOut'>,
): Promise<Restored> {
  const engine = await checkedEngine(parts, input);
  const plan = await planOf(engine, input);
  return alone(parts.folder, async () => {
    const started = (await parts.service.standing()) !== 'stopped';
    const told: RestoreGiven['told'] = {};
    await carryOut(plan, { told });
    return { started, ...restoredOf(told) };
  });
}

/** What a restore that was made has to tell. */
function restoredOf({ safety, left, stood }: RestoreGiven['told']): Omit<Restored, 'started'> {
  const { definers, runsAs } = stood ?? {};
  return {
    ...(safety === undefined ? {} : { safety }),
    ...(left === undefined ? {} : { left }),
    ...(definers !== undefined && runsAs !== undefined ? { definers, runsAs } : {}),
  };
}

async function planOf({ kind }: Engine, { file }: RestoreInput): Promise<Plan<RestoreStep>> {
  const { size, mtimeMs } = await stat(file);
  return restorePlan({ id: randomUUID(), engine: kind }, { file, size, changed: mtimeMs });
}

type RestoreInput = z.output<typeof planRestore.input>;

/** The engine that this input may be restored into. */
async function checkedEngine(parts: BackupParts, { file, rootPassword }: RestoreInput): Promise<Engine> {
  const engine = await engineOf(parts);
  if (engine.kind === 'MySQL') {
    if (rootPassword === undefined) throw passwordNeeded();
    await checkDatabaseRoot(parts.socket, rootPassword);
  }
  await existingDump(file);
  await sameKind(file, engine.kind);
  return engine;
}

const KINDS: Record<EngineKind, { en: string; zh: string }> = {
  MySQL: say('MySQL', 'MySQL'),
  embedded: say('the embedded store', '内置存储'),
};

/** A dump of the one engine says nothing to the other. */
async function sameKind(file: string, kind: EngineKind): Promise<void> {
  const found = await kindIn(file);
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
