import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../api/fault.ts';
import type { Executor } from '../../api/plan.ts';
import { say } from '../../api/words.ts';
import { ensureFolder } from '../../system/files.ts';
import { resume, type Service, type Standing } from '../../system/service.ts';
import type { Keepsakes } from '../zstack/keepsakes.ts';
import type { Engine, EngineParts, Stood } from './engine.ts';
import { configuredEngine, engineOfKind } from './engines.ts';
import { FOLDER_MODE, publish, SAFETY_NAME } from './files.ts';
import { idOf } from './kept.ts';
import type { SafetyDump, StageDump, StartAfterRestore, StopForRestore, SwapIn } from './restore-plan.ts';
import type { Restored } from './schema.ts';

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
  left?: string[];
  stood?: Stood;
}

/** What a restore that was made has to tell. */
export async function restoredOf(keepsakes: Keepsakes, id: string): Promise<Omit<Restored, 'started'>> {
  const { safety, left, stood } = await keepsakes.read<RestoreKept>(id);
  const { definers, runsAs } = stood ?? {};
  return {
    ...(typeof safety === 'string' ? { safety } : {}),
    ...(left === undefined ? {} : { left }),
    ...(definers !== undefined && runsAs !== undefined ? { definers, runsAs } : {}),
  };
}

/** Removes what restores and resets left that ended while nobody could clear up; for when nothing is left to be undone. */
export async function forgetRestores(parts: EngineParts & { keepsakes: Keepsakes }): Promise<void> {
  const left = (await parts.keepsakes.ids()).flatMap((key) => idOf(key) ?? []);
  if (left.length === 0) return;
  const engine = engineOfKind(parts, await configuredEngine(parts.properties));
  for (const id of left) await engine.forget(id);
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
  async apply({ id, engine: kind }, { signal }) {
    const { folder, keepsakes } = parts;
    await ensureFolder(folder, FOLDER_MODE);
    const engine = engineOfKind(parts, kind);
    const databases = await engine.databases();
    const done =
      databases.length === 0 ? { safety: null } : await dumpAside(engine, databases, folder, id, signal);
    await keepsakes.keep(id, { ...(await keepsakes.read<RestoreKept>(id)), ...done });
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
): Promise<Pick<RestoreKept, 'safety' | 'left'>> {
  const draft = join(folder, `.zstack-safety-${id}.partial`);
  try {
    const left = await engine.dump(databases, draft, signal, () => {});
    return { safety: await publish(draft, folder, SAFETY_NAME), ...(left.length > 0 && { left }) };
  } finally {
    await rm(draft, { force: true });
  }
}

export const stageDump = (parts: RestoreParts): Executor<StageDump> => ({
  apply: ({ id, engine, file }, { signal }) => engineOfKind(parts, engine).stage(id, file, signal, () => {}),
  undo: ({ id, engine }) => engineOfKind(parts, engine).forget(id),
  async settle({ id, engine }) {
    await engineOfKind(parts, engine).forget(id);
    return 'not done';
  },
});

export const swapIn = (parts: RestoreParts): Executor<SwapIn> => ({
  async apply({ id, engine }) {
    const stood = await engineOfKind(parts, engine).swap(id);
    await parts.keepsakes.keep(id, { ...(await parts.keepsakes.read<RestoreKept>(id)), stood });
  },
  undo: ({ id, engine }) => engineOfKind(parts, engine).swapBack(id),
  // However far it got, the database is as it was before afterwards.
  async settle({ id, engine }) {
    await engineOfKind(parts, engine).swapBack(id);
    return 'not done';
  },
});

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
