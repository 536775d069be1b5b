import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../api/fault.ts';
import type { Executor } from '../../api/plan.ts';
import { say } from '../../api/words.ts';
import { ensureFolder } from '../../system/files.ts';
import { resume, type Service, type Standing } from '../services/control.ts';
import type { Keepsakes } from '../services/keepsakes.ts';
import { type Engine, type EngineParts, engineOfKind } from './engine.ts';
import { FOLDER_MODE, publish, SAFETY_NAME } from './files.ts';
import type { LoadDump, SafetyDump, StartAfterRestore, StopForRestore } from './restore-plan.ts';

export interface RestoreParts extends EngineParts {
  /** Folder of the dumps. */
  folder: string;
  keepsakes: Keepsakes;
  service: Service;
}

interface RestoreKept {
  standing: Standing;
  /** Dump of the database before; absent until it is whole, null when nothing was there. */
  safety?: string | null;
}

/** Path of the safety dump of a restore that was made; undefined when there was nothing to dump. */
export async function safetyOf(keepsakes: Keepsakes, id: string): Promise<string | undefined> {
  return (await keepsakes.read<RestoreKept>(id)).safety ?? undefined;
}

export const stopForRestore = ({ keepsakes, service }: RestoreParts): Executor<StopForRestore> => ({
  async apply({ id }) {
    const kept: RestoreKept = { standing: await service.standing() };
    await keepsakes.keep(id, kept);
    await service.stop();
  },
  async undo({ id }) {
    const kept = await keepsakes.find<RestoreKept>(id);
    if (kept !== undefined) await resume(service, kept.standing);
    await keepsakes.forget(id);
  },
  settle: async ({ id }) => ((await keepsakes.find(id)) === undefined ? 'not done' : 'done'),
});

export const safetyDump = (parts: RestoreParts): Executor<SafetyDump> => ({
  async apply({ id, engine: kind }, signal) {
    const { folder, keepsakes } = parts;
    await ensureFolder(folder, FOLDER_MODE);
    const engine = engineOfKind(parts, kind);
    const databases = await engine.databases();
    const safety = databases.length === 0 ? null : await dumpAside(engine, databases, folder, id, signal);
    await keepsakes.keep(id, { ...(await keepsakes.read<RestoreKept>(id)), safety });
  },
  // The dump stays: it is nobody's loss.
  undo: async () => undefined,
  settle: async () => 'not done',
});

async function dumpAside(
  engine: Engine,
  databases: string[],
  folder: string,
  id: string,
  signal: AbortSignal,
): Promise<string> {
  const draft = join(folder, `.zstack-safety-${id}.partial`);
  try {
    await engine.dump(databases, draft, signal, () => {});
    return await publish(draft, folder, SAFETY_NAME);
  } finally {
    await rm(draft, { force: true });
  }
}

export const loadDump = (parts: RestoreParts): Executor<LoadDump> => ({
  apply: ({ id, engine, file, databases }, signal) =>
    engineOfKind(parts, engine).replace(id, databases, file, signal),
  undo: (step) => putBack(parts, step),
  // However far it got, the database is as it was before afterwards.
  async settle(step) {
    await putBack(parts, step);
    return 'not done';
  },
});

async function putBack(parts: RestoreParts, { id, engine, databases }: LoadDump): Promise<void> {
  const { safety } = await parts.keepsakes.read<RestoreKept>(id);
  if (safety === undefined) throw new Error('there is no dump of the database as it was');
  await engineOfKind(parts, engine).putBack(id, databases, safety ?? undefined);
}

export const startAfterRestore = ({ keepsakes, service }: RestoreParts): Executor<StartAfterRestore> => ({
  async apply({ id }) {
    const { standing } = await keepsakes.read<RestoreKept>(id);
    if (standing !== 'stopped') await service.start().catch(blameDump);
  },
  // The database is put back next, so nobody may use it.
  undo: () => service.stop(),
  async settle() {
    await service.stop();
    return 'not done';
  },
});

function blameDump(thrown: unknown): never {
  const { kind, words } = Fault.from(thrown);
  throw new Fault(
    kind,
    say(`the service does not start on this dump: ${words.en}`, `服务无法在该备份上启动：${words.zh}`),
    { cause: thrown },
  );
}
