import { readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Fault } from '../../api/fault.ts';
import type { Executor, Kept, Returning } from '../../api/plan.ts';
import { say, type Words } from '../../api/words.ts';
import { ensureFolder, removeTree } from '../../system/files.ts';
import { Properties, readPropertiesOrNone, writeProperties } from '../../system/properties.ts';
import { isSystemdRunning } from '../../system/systemctl.ts';
import type { Engine, EngineParts } from '../backup/engine.ts';
import { engineOfKind } from '../backup/engines.ts';
import { FOLDER_MODE, freeBytes, publish, RESET_NAME } from '../backup/files.ts';

import { proofIn } from '../backup/run.ts';
import { STOPPED } from '../backup/stopped.ts';
import type { BrokerParts } from '../broker/apply.ts';
import { putSettingsBack } from '../change-settings/apply.ts';
import { KEYS } from '../zstack/settings.ts';
import type {
  ClearCaches,
  DumpForReset,
  EmptyDatabase,
  ResetConfiguration,
  ResetStep,
  StartAfterReset,
} from './plan.ts';
import type { ResetDone } from './schema.ts';

export interface ResetParts extends EngineParts, BrokerParts {
  /** Folder of the dumps. */
  folder: string;
  /** Folder of the management service's own state, its caches among it. */
  state: string;
  /** The console proxy's state, which makes consoles fail when it is stale. */
  consoleState: string;
}

/** What the steps tell of a reset. */
export interface ResetGiven {
  told: {
    /** The dump that was taken, if there was anything to dump. */
    dump?: string;
    left?: string[];
    proven?: ResetDone['proven'];
    started?: boolean;
  };
}

type ResetExecutor<S extends ResetStep> = Executor<S, ResetGiven>;

export const dumpForReset = (parts: ResetParts): ResetExecutor<DumpForReset> => ({
  async apply({ id, engine: kind, mustBeProven }, { signal, given: { told } }) {
    await ensureFolder(parts.folder, FOLDER_MODE);
    const engine = engineOfKind(parts, kind);
    const databases = await engine.databases();
    if (databases.length > 0)
      Object.assign(told, await provenDump(parts.folder, id, { engine, databases, mustBeProven, signal }));
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
): Promise<Pick<ResetGiven['told'], 'dump' | 'left' | 'proven'>> {
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
  undo: (_step, { kept }) => putSettingsBack(parts, kept),
  async settle(_step, { kept }) {
    await putSettingsBack(parts, kept);
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

export const emptyDatabase = (parts: ResetParts): ResetExecutor<EmptyDatabase> => {
  const forget = ({ id, engine }: EmptyDatabase, kept: Kept) =>
    engineOfKind(parts, engine).forget({ id, kept });
  const undo = async (step: EmptyDatabase, { kept }: Returning<ResetGiven>): Promise<void> => {
    await engineOfKind(parts, step.engine).swapBack({ id: step.id, kept });
    await forget(step, kept);
  };
  return {
    async apply({ id, engine: kind, databases }, { kept, given }) {
      await checkProven(given);
      const engine = engineOfKind(parts, kind);
      await engine.stageEmpty({ id, kept }, databases);
      await engine.swap({ id, kept });
    },
    undo,
    // However far it got, the database is as it was before afterwards.
    async settle(step, on) {
      await undo(step, on);
      return 'not done';
    },
    forget,
  };
};

/** The dump that everything rests on is there and whole, by its own record. */
async function checkProven({ told: { dump, proven } }: ResetGiven): Promise<void> {
  const there = dump !== undefined && (await stat(dump)).size > 0;
  if (there && proven !== undefined && 'tables' in proven) return;
  throw new Error('there is no proven dump of the database');
}

export const startAfterReset = ({ service }: ResetParts): ResetExecutor<StartAfterReset> => ({
  async apply(_step, { kept, given: { told } }) {
    const { standing } = await kept.read(STOPPED);
    // One that had failed is what a reset is for: it is started as well.
    told.started = standing !== 'stopped' || isSystemdRunning();
    if (told.started) await service.start().catch(blameReset);
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
