import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../api/fault.ts';
import { type Executor, type Kept, withoutId } from '../../api/plan.ts';
import { say } from '../../api/words.ts';
import { ensureFolder } from '../../system/files.ts';
import type { Service } from '../../system/service.ts';
import type { Engine, EngineParts, Stood } from './engine.ts';
import { engineOfKind } from './engines.ts';
import { FOLDER_MODE, publish, SAFETY_NAME } from './files.ts';
import type { RestoreStep, SafetyDump, StageDump, StartAfterRestore, SwapIn } from './restore-plan.ts';
import { STOPPED } from './stopped.ts';

export interface RestoreParts extends EngineParts {
  /** Folder of the dumps. */
  folder: string;
  service: Service;
}

/** What the steps tell of a restore. */
export interface RestoreGiven {
  told: { safety?: string; left?: string[]; stood?: Stood };
}

type RestoreExecutor<S extends RestoreStep> = Executor<S, RestoreGiven>;

export const safetyDump = (parts: RestoreParts): RestoreExecutor<SafetyDump> => ({
  compared: withoutId,
  async apply({ id, engine: kind }, { signal, given: { told } }) {
    const { folder } = parts;
    await ensureFolder(folder, FOLDER_MODE);
    const engine = engineOfKind(parts, kind);
    const databases = await engine.databases();
    if (databases.length > 0) Object.assign(told, await dumpAside(engine, databases, folder, id, signal));
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
): Promise<Pick<RestoreGiven['told'], 'safety' | 'left'>> {
  const draft = join(folder, `.zstack-safety-${id}.partial`);
  try {
    const left = await engine.dump(databases, draft, signal, () => {});
    return { safety: await publish(draft, folder, SAFETY_NAME), ...(left.length > 0 && { left }) };
  } finally {
    await rm(draft, { force: true });
  }
}

export const stageDump = (parts: RestoreParts): RestoreExecutor<StageDump> => {
  const forget = ({ id, engine }: StageDump, kept: Kept) => engineOfKind(parts, engine).forget({ id, kept });
  return {
    compared: withoutId,
    apply: ({ id, engine, file }, { signal, kept }) =>
      engineOfKind(parts, engine).stage({ id, kept }, file, signal, () => {}),
    undo: (step, { kept }) => forget(step, kept),
    async settle(step, { kept }) {
      await forget(step, kept);
      return 'not done';
    },
    forget,
  };
};

export const swapIn = (parts: RestoreParts): RestoreExecutor<SwapIn> => ({
  compared: withoutId,
  async apply({ id, engine }, { kept, given: { told } }) {
    told.stood = await engineOfKind(parts, engine).swap({ id, kept });
  },
  undo: ({ id, engine }, { kept }) => engineOfKind(parts, engine).swapBack({ id, kept }),
  // However far it got, the database is as it was before afterwards.
  async settle({ id, engine }, { kept }) {
    await engineOfKind(parts, engine).swapBack({ id, kept });
    return 'not done';
  },
});

export const startAfterRestore = ({ service }: RestoreParts): RestoreExecutor<StartAfterRestore> => ({
  compared: withoutId,
  async apply(_step, { kept }) {
    const { standing } = await kept.read(STOPPED);
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
