import { readFileSync, watch } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { say, type Words } from '../../api/words.ts';
import { writeWhole } from '../../system/files.ts';
import type { Attention } from '../facts/schema.ts';

/** How the last backup went, as it is kept for whoever looks after it: most are made while nobody does. */
export interface LastBackup {
  /** Milliseconds since 1970. */
  at: number;
  /** No dump was made, and why. */
  failed?: Words;
  /** It was made and not proven, and why. */
  unproven?: Words;
  /** Views that are not in it. */
  left?: string[];
  /** File name of the newest one that was proven. */
  proven?: string;
}

/** @param data the controller's own folder */
export const recordIn = (data: string): string => join(data, 'last-backup.json');

/** Undefined when there was none, or nobody can tell. */
export function readLastBackup(record: string): LastBackup | undefined {
  try {
    return JSON.parse(readFileSync(record, 'utf8')) as LastBackup;
  } catch {
    return undefined;
  }
}

export const keepLastBackup = (record: string, last: LastBackup): Promise<void> =>
  writeWhole(record, JSON.stringify(last));

/** Calls `changed` when a backup has ended, whichever program made it. Answers how to stop. */
export function watchLastBackup(record: string, changed: () => void): () => void {
  const watcher = watch(dirname(record), (_event, name) => {
    if (name === basename(record)) changed();
  });
  // Without it the words come with the next change of anything else.
  watcher.on('error', () => watcher.close());
  return () => watcher.close();
}

const BACKUPS = say('F2, Backup Database', 'F2，备份数据库');

/** What a person should know of the last backup. */
export function attentionOfBackup(record: string): Attention[] {
  const { failed, unproven, left = [] } = readLastBackup(record) ?? {};
  const told: Attention[] = [];
  if (failed !== undefined)
    told.push({
      level: 'bad',
      words: say(`no backup was made: ${failed.en}`, `未能备份：${failed.zh}`),
      where: BACKUPS,
    });
  if (unproven !== undefined)
    told.push({
      level: 'warn',
      words: say(`the last backup is ${unproven.en}`, `最近的备份${unproven.zh}`),
      where: BACKUPS,
    });
  if (left.length > 0) told.push({ level: 'warn', words: leftWords(left), where: BACKUPS });
  return told;
}

/** Views that no backup can hold but as comments, with what to do. */
export const leftWords = (views: readonly string[]): Words =>
  say(
    `not in the backup, since it stands on what is not there: view ${views.join(', ')}; repair or drop it`,
    `视图 ${views.join('、')} 引用的内容不存在，未包含在备份中；请修复或删除`,
  );
