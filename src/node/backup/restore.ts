import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../api/fault.ts';
import type { Executor } from '../../api/plan.ts';
import { say } from '../../api/words.ts';
import { ensureFolder } from '../../system/files.ts';
import { openAsRoot } from '../database/apply.ts';
import type { Service } from '../services/control.ts';
import type { Keepsakes } from '../services/keepsakes.ts';
import { dump, load, ownDatabases } from './dump.ts';
import { FOLDER_MODE, publish, SAFETY_NAME } from './files.ts';
import type { LoadDump, SafetyDump, StartAfterRestore, StopForRestore } from './restore-plan.ts';

export interface RestoreParts {
  /** Unix socket of the server. */
  socket: string;
  /** Folder of the dumps. */
  folder: string;
  keepsakes: Keepsakes;
  service: Service;
}

interface RestoreKept {
  running: boolean;
  /** Dump of the database before; absent until it is whole. */
  safety?: string;
}

const NEVER = new AbortController().signal;

/** Path of the safety dump of a restore that was made. */
export async function safetyOf(keepsakes: Keepsakes, id: string): Promise<string> {
  return (await keepsakes.read<RestoreKept>(id)).safety ?? '';
}

export const stopForRestore = ({ keepsakes, service }: RestoreParts): Executor<StopForRestore> => ({
  async apply({ id }) {
    const kept: RestoreKept = { running: await service.isRunning() };
    await keepsakes.keep(id, kept);
    if (kept.running) await service.stop();
  },
  async undo({ id }) {
    const kept = await keepsakes.find<RestoreKept>(id);
    if (kept?.running === true) await service.start();
    await keepsakes.forget(id);
  },
  settle: async ({ id }) => ((await keepsakes.find(id)) === undefined ? 'not done' : 'done'),
});

export const safetyDump = (parts: RestoreParts): Executor<SafetyDump> => ({
  async apply({ id }, signal) {
    const { socket, folder, keepsakes } = parts;
    await ensureFolder(folder, FOLDER_MODE);
    const draft = join(folder, `.zstack-safety-${id}.partial`);
    try {
      await dump(socket, await ownDatabases(socket), draft, signal, () => {});
      const safety = await publish(draft, folder, SAFETY_NAME);
      await keepsakes.keep(id, { ...(await keepsakes.read<RestoreKept>(id)), safety });
    } finally {
      await rm(draft, { force: true });
    }
  },
  // The dump stays: it is nobody's loss.
  undo: async () => undefined,
  settle: async () => 'not done',
});

export const loadDump = (parts: RestoreParts): Executor<LoadDump> => ({
  async apply({ file, databases }, signal) {
    await replace(parts.socket, databases, file, signal);
  },
  undo: (step) => loadSafety(parts, step),
  // However far it got, the database is as it was before afterwards.
  async settle(step) {
    await loadSafety(parts, step);
    return 'not done';
  },
});

async function loadSafety({ socket, keepsakes }: RestoreParts, { id, databases }: LoadDump): Promise<void> {
  const { safety } = await keepsakes.read<RestoreKept>(id);
  if (safety === undefined) throw new Error('there is no dump of the database as it was');
  await replace(socket, databases, safety, NEVER);
}

async function replace(
  socket: string,
  databases: readonly string[],
  file: string,
  signal: AbortSignal,
): Promise<void> {
  {
    using database = await openAsRoot(socket);
    for (const name of databases) await database.query('DROP DATABASE IF EXISTS ??', [name]);
  }
  await load(socket, file, signal);
}

export const startAfterRestore = ({ keepsakes, service }: RestoreParts): Executor<StartAfterRestore> => ({
  async apply({ id }) {
    const { running } = await keepsakes.read<RestoreKept>(id);
    if (running) await service.start().catch(blameDump);
  },
  undo: () => stopAgain(service),
  async settle() {
    await stopAgain(service);
    return 'not done';
  },
});

/** The database is put back next, so nobody may use it. */
async function stopAgain(service: Service): Promise<void> {
  if (await service.isRunning()) await service.stop();
}

function blameDump(thrown: unknown): never {
  const { kind, words } = Fault.from(thrown);
  throw new Fault(
    kind,
    say(`the service does not start on this dump: ${words.en}`, `服务无法在该备份上启动：${words.zh}`),
    { cause: thrown },
  );
}
