import { constants } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { type Implementation, implement } from '../../api/action.ts';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { listBackups } from '../backup/files.ts';
import { type CollectParts, collect } from './collect.ts';
import {
  collectLogs,
  copyToStick as copyToStickAction,
  listLogs,
  listSticks,
  readLog as readLogAction,
  shareBackup,
} from './schema.ts';
import { draftShare, dropShare, openShare, readableByServer } from './shares.ts';
import { copyToStick } from './stick.ts';
import { findSticks } from './sticks.ts';
import { readableLogs, readLog } from './view.ts';

export const logActions = (parts: CollectParts): Implementation[] => [
  implement(collectLogs, (input, { signal, progress }) => collect(parts, { ...input, signal, progress })),
  implement(listSticks, () => findSticks()),
  implement(copyToStickAction, ({ device }, run) => copyToStick(parts, device, run)),
  implement(listLogs, () => readableLogs(parts.role, parts.layout)),
  implement(readLogAction, (input, { signal, emit }) =>
    readLog(parts.role, parts.layout, { ...input, signal, emit }),
  ),
];

export const shareBackupAction = (parts: CollectParts): Implementation =>
  implement(shareBackup, async ({ hours }) => {
    const newest = (await listBackups(parts.layout.backups).catch(() => []))[0];
    if (newest === undefined) throw new Fault('notFound', say('there is no backup yet', '尚无备份'));
    const draft = await draftShare(parts);
    try {
      const whole = basename(newest.path);
      await copyFile(newest.path, join(draft.folder, whole), constants.COPYFILE_FICLONE);
      await readableByServer(join(draft.folder, whole), false);
      const shared = await openShare(parts, draft, { title: `Backup of ${hostname()}`, whole, hours });
      return { ...shared, path: newest.path, size: newest.size };
    } catch (thrown) {
      await dropShare(parts, draft);
      throw thrown;
    }
  });
