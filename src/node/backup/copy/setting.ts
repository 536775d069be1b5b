import { join } from 'node:path';
import { Fault } from '../../../api/fault.ts';
import type { Executor, Plan, Step } from '../../../api/plan.ts';
import { say, type Words } from '../../../api/words.ts';
import { setAllInNodeIni, settingIn } from '../../../system/node-ini.ts';
import { type CopyPlace, copyParts, copyPlace, copyText } from './schema.ts';

/** Folders of what belongs to copies. */
export interface CopyFolders {
  /** Of node.ini. */
  config: string;
  /** Of this node's key and the last copy's state; root's alone. */
  state: string;
}

/** @param data the controller's data folder */
export const copyFolders = (config: string, data: string): CopyFolders => ({
  config,
  state: join(data, 'backup-copy'),
});

export interface CopySetting {
  place: CopyPlace;
  hostKey: string;
}

const PLACE = 'backup_copy';
const HOST_KEY = 'backup_copy_host_key';

/** Where backups are copied to; undefined when they are not. Throws `conflict` when node.ini says something else there. */
export async function readCopySetting(config: string): Promise<CopySetting | undefined> {
  const text = await settingIn(config, PLACE);
  if (text === undefined || text === '') return undefined;
  const place = copyPlace.safeParse(copyParts(text));
  const hostKey = await settingIn(config, HOST_KEY);
  if (place.success && hostKey !== undefined) return { place: place.data, hostKey };
  throw new Fault(
    'conflict',
    say(
      `node.ini: ${PLACE} is no user@host:/folder with its ${HOST_KEY}`,
      `node.ini：${PLACE} 不是 user@host:/folder，或缺少 ${HOST_KEY}`,
    ),
    { next: say('set the copy up again', '请重新设置副本') },
  );
}

export interface SetCopy extends Step {
  readonly type: 'backup.setCopy';
  /** null: none. */
  readonly before: CopySetting | null;
  readonly after: CopySetting | null;
}

export function copyPlan(before: CopySetting | null, after: CopySetting | null): Plan<SetCopy> {
  const words: Words =
    after === null
      ? say('copy backups no longer', '不再复制备份')
      : say(`copy every backup to ${copyText(after.place)}`, `将每个备份复制到 ${copyText(after.place)}`);
  return { title: words, steps: [{ type: 'backup.setCopy', words, before, after }], warnings: [] };
}

export const setCopyIn = (config: string): Executor<SetCopy> => ({
  apply: ({ after }) => write(config, after),
  undo: ({ before }) => write(config, before),
  async settle({ after }) {
    const now = (await readCopySetting(config)) ?? null;
    const same = textOf(now) === textOf(after) && now?.hostKey === after?.hostKey;
    return same ? 'done' : 'not done';
  },
});

const textOf = (setting: CopySetting | null): string | undefined =>
  setting === null ? undefined : copyText(setting.place);

const write = (config: string, setting: CopySetting | null): Promise<void> => {
  const text = textOf(setting);
  return setAllInNodeIni(config, {
    // Quoted: a folder's name may hold what begins a comment there.
    [PLACE]: text === undefined || PLAIN.test(text) ? text : JSON.stringify(text),
    [HOST_KEY]: setting?.hostKey,
  });
};

const PLAIN = /^[\w@.:/[\]-]+$/;
