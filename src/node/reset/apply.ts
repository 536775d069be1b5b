import { readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Fault } from '../../api/fault.ts';
import type { Executor } from '../../api/plan.ts';
import { say, type Words } from '../../api/words.ts';
import { ensureFolder, removeTree } from '../../system/files.ts';
import { Properties, readPropertiesOrNone, writeProperties } from '../../system/properties.ts';
import { resume, type Standing } from '../../system/service.ts';
import { isSystemdRunning } from '../../system/systemctl.ts';
import type { Engine, EngineParts } from '../backup/engine.ts';
import { engineOfKind } from '../backup/engines.ts';
import { FOLDER_MODE, freeBytes, publish, RESET_NAME } from '../backup/files.ts';
import { proofIn } from '../backup/run.ts';
import type { BrokerParts } from '../broker/apply.ts';
import { putSettingsBack } from '../change-settings/apply.ts';
import { KEYS } from '../zstack/settings.ts';
import type {
  ClearCaches,
  DumpForReset,
  EmptyDatabase,
  ResetConfiguration,
  StartAfterReset,
  StopForReset,
} from './plan.ts';
import type { ResetDone } from './schema.ts';

export interface ResetParts extends Omit<EngineParts, 'keepsakes'>, BrokerParts {
  /** Folder of the dumps. */
  folder: string;
  /** Folder of the management service's own state, its caches among it. */
  state: string;
  /** The console proxy's state, which makes consoles fail when it is stale. */
  consoleState: string;
}

export interface ResetKept {
  standing: Standing;
  /** The dump that was taken; null when there was nothing to dump; absent until it is whole. */
  dump?: string | null;
  left?: string[];
  proven?: ResetDone['proven'];
  started?: boolean;
}

export const stopForReset = ({ keepsakes, service }: ResetParts): Executor<StopForReset> => ({
  async apply({ id }) {
    const kept: ResetKept = { standing: await service.standing() };
    await keepsakes.keep(id, kept);
    await service.stop();
  },
  async undo({ id }) {
    const kept = await keepsakes.find<ResetKept>(id);
    if (kept !== undefined) await resume(service, kept.standing);
    await keepsakes.forget(id);
  },
  settle: async ({ id }) => ((await keepsakes.find(id)) === undefined ? 'not done' : 'done'),
});

export const dumpForReset = (parts: ResetParts): Executor<DumpForReset> => ({
  async apply({ id, engine: kind, mustBeProven }, { signal }) {
    await ensureFolder(parts.folder, FOLDER_MODE);
    const kept = await parts.keepsakes.read<ResetKept>(id);
    const engine = engineOfKind(parts, kind);
    const databases = await engine.databases();
    const done =
      databases.length === 0
        ? { dump: null }
        : await provenDump(parts.folder, id, { engine, databases, mustBeProven, signal });
    await parts.keepsakes.keep(id, { ...kept, ...done });
  },
  // The dump stays: it is nobody's loss.
  undo: async () => undefined,
  settle: async () => 'not done',
});

interface Dumping {
  engine: Engine;
  databases: readonly string[];
  mustBeProven: boolean;
  signal: AbortSignal;
}

async function provenDump(
  folder: string,
  id: string,
  { engine, databases, mustBeProven, signal }: Dumping,
): Promise<Pick<ResetKept, 'dump' | 'left' | 'proven'>> {
  const draft = join(folder, `.zstack-reset-${id}.partial`);
  let content = 0;
  try {
    const left = await engine.dump(databases, draft, signal, (bytes) => {
      content = bytes;
    });
    const proven = await prove(engine, folder, draft, content, signal).catch((thrown) => {
      signal.throwIfAborted();
      if (mustBeProven) throw thrown;
      return { why: Fault.from(thrown).words };
    });
    return { dump: await publish(draft, folder, RESET_NAME), ...(left.length > 0 && { left }), proven };
  } finally {
    await rm(draft, { force: true });
  }
}

/** Throws when the dump cannot be loaded, or there is no room to try. */
async function prove(
  engine: Engine,
  folder: string,
  draft: string,
  content: number,
  signal: AbortSignal,
): Promise<{ tables: number; rows: number }> {
  const needed = engine.roomFor(content);
  if ((await freeBytes(folder)) < needed) throw noRoom(needed);
  const { tables, rows } = await engine.examine(proofIn(folder), draft, signal, () => {});
  return { tables, rows };
}

/** Settings that the service needs to reach its servers and be reached; all others go back to what the program has. */
const ESSENTIAL = new Set<string>(Object.values(KEYS));
const OTHER_BROKERS = /^CloudBus\.serverIp\.\d+$/;

export const resetConfiguration = (parts: ResetParts): Executor<ResetConfiguration> => ({
  async apply() {
    const before = await readPropertiesOrNone(parts.properties);
    const kept = before.entries().filter(([key]) => ESSENTIAL.has(key) || OTHER_BROKERS.test(key));
    const after = Properties.parse('').with(Object.fromEntries(kept));
    // A second reset must not put the bare one in the place of the copy that somebody may still want.
    if (after.toString() === before.toString()) return;
    await writeProperties(copyOf(parts.properties), before);
    await writeProperties(parts.properties, after);
  },
  undo: ({ id }) => putSettingsBack(parts, id),
  async settle({ id }) {
    await putSettingsBack(parts, id);
    return 'not done';
  },
});

/** Where the configuration before a reset stays, as readable as the original. */
export const copyOf = (properties: string): string => `${properties}.before-reset`;

/** Nothing of it is needed to go back: the service makes it anew. */
export const clearCaches = ({ state, consoleState, store }: ResetParts): Executor<ClearCaches> => ({
  async apply() {
    const own = store.slice(dirname(store).length + 1);
    for (const name of await readdir(state).catch(() => [])) {
      if (!name.startsWith(own)) await removeTree(join(state, name));
    }
    await rm(join(consoleState, 'consoleProxy'), { force: true });
  },
  undo: async () => undefined,
  settle: async () => 'not done',
});

export const emptyDatabase = (parts: ResetParts): Executor<EmptyDatabase> => {
  const undo = async ({ id, engine: kind }: EmptyDatabase): Promise<void> => {
    const engine = engineOfKind(parts, kind);
    await engine.swapBack(id);
    await engine.forget(id);
  };
  return {
    async apply({ id, engine: kind, databases }) {
      await checkProven(parts, id);
      const engine = engineOfKind(parts, kind);
      await engine.stageEmpty(id, databases);
      await engine.swap(id);
    },
    undo,
    // However far it got, the database is as it was before afterwards.
    async settle(step) {
      await undo(step);
      return 'not done';
    },
  };
};

/** The dump that everything rests on is there and whole, by its own record. */
async function checkProven({ keepsakes }: ResetParts, id: string): Promise<void> {
  const { dump, proven } = await keepsakes.read<ResetKept>(id);
  const there = typeof dump === 'string' && (await stat(dump)).size > 0;
  if (there && proven !== undefined && 'tables' in proven) return;
  throw new Error('there is no proven dump of the database');
}

export const startAfterReset = ({ keepsakes, service }: ResetParts): Executor<StartAfterReset> => ({
  async apply({ id }) {
    const kept = await keepsakes.read<ResetKept>(id);
    // One that had failed is what a reset is for: it is started as well.
    const started = kept.standing !== 'stopped' || isSystemdRunning();
    if (started) await service.start().catch(blameReset);
    await keepsakes.keep(id, { ...kept, started });
  },
  undo: () => service.stop(),
  async settle() {
    await service.stop();
    return 'not done';
  },
});

function blameReset(thrown: unknown): never {
  const { kind, words, next } = Fault.from(thrown);
  throw new Fault(
    kind,
    say(`the service does not start after the reset: ${words.en}`, `重置后服务无法启动：${words.zh}`),
    { cause: thrown, ...(next === undefined ? {} : { next }) },
  );
}

const MEGABYTE = 1_000_000;
const noRoom = (needed: number): Fault => {
  const text = `${Math.ceil(needed / MEGABYTE)} MB`;
  const words: Words = say(
    `the dump cannot be proven: it needs ${text} of free space`,
    `无法验证备份：需要 ${text} 可用空间`,
  );
  return new Fault('conflict', words, { next: say('free space in the backup folder', '请清理备份目录') });
};
