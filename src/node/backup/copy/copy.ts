import { join } from 'node:path';
import { Fault } from '../../../api/fault.ts';
import { known, type Reading, unknown } from '../../../api/reading.ts';
import type { Words } from '../../../api/words.ts';
import { codeOf } from '../../../system/errno.ts';
import { ensureFolder, readText, writeWhole } from '../../../system/files.ts';
import { Sftp } from '../../../system/sftp.ts';
import { type CopyDone, type CopyState, copyText } from './schema.ts';
import { nodeKey } from './set-up.ts';
import { type CopyFolders, type CopySetting, readCopySetting } from './setting.ts';
import { type Copied, type CopyRun, upload } from './upload.ts';

/** How the last copy went, as it is kept. */
interface Last {
  to: string;
  at: number;
  why?: Words;
}

const LIMIT = 64 * 1024;
const lastIn = ({ state }: CopyFolders): string => join(state, 'last.json');

/** Copies a backup to where the node is told to. Never throws; undefined when it is told nothing. */
export async function copyElsewhere(
  folders: CopyFolders,
  backup: Copied,
  run: CopyRun,
): Promise<CopyDone | undefined> {
  let to = '?';
  try {
    const setting = await readCopySetting(folders.config);
    if (setting === undefined) return undefined;
    to = copyText(setting.place);
    const done = { to, ...(await copyTo(folders, setting, backup, run)) };
    await keepLast(folders, { to, at: Date.now() });
    return done;
  } catch (thrown) {
    const why = wordsOf(thrown);
    // The answer says it all the same when this disk cannot keep it.
    await keepLast(folders, { to, at: Date.now(), why }).catch(() => undefined);
    return { to, why };
  }
}

/** A fault's words with what to do next. */
function wordsOf(thrown: unknown): Words {
  const { words, next } = Fault.from(thrown);
  return next === undefined ? words : { en: `${words.en}; ${next.en}`, zh: `${words.zh}；${next.zh}` };
}

async function copyTo(
  folders: CopyFolders,
  { place, hostKey }: CopySetting,
  backup: Copied,
  { signal, progress }: CopyRun,
): Promise<Pick<CopyDone, 'path' | 'removed'>> {
  const key = await nodeKey(folders);
  const login = { user: place.user, hostKey, by: { key: key.private } };
  using sftp = await Sftp.open(place, login, signal);
  return await upload(sftp, place.folder, backup, progress);
}

async function keepLast(folders: CopyFolders, last: Last): Promise<void> {
  await ensureFolder(folders.state);
  await writeWhole(lastIn(folders), JSON.stringify(last));
}

/** Where backups are copied to, and how the last one went; null when they are not copied. */
export async function readCopyState(folders: CopyFolders): Promise<Reading<CopyState | null>> {
  try {
    const setting = await readCopySetting(folders.config);
    return known(setting === undefined ? null : await stateOf(folders, setting));
  } catch (thrown) {
    return unknown(Fault.from(thrown).words);
  }
}

/** What is set, with the last copy when it went to that place. */
export async function stateOf(folders: CopyFolders, setting: CopySetting): Promise<CopyState> {
  const text = await readText(lastIn(folders), LIMIT).catch((error) => {
    if (codeOf(error) === undefined) throw error;
    return undefined;
  });
  const last = text === undefined ? undefined : (JSON.parse(text) as Last);
  if (last?.to !== copyText(setting.place)) return setting;
  const { at, why } = last;
  return { ...setting, last: { at, ...(why === undefined ? {} : { why }) } };
}
