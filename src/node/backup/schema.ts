import { z } from 'zod';
import { absolutePath } from '../../api/absolute-path.ts';
import { defineAction } from '../../api/action.ts';
import type { ShownPlan } from '../../api/plan.ts';
import type { Reading } from '../../api/reading.ts';
import { secret } from '../../api/secret.ts';
import { seen } from '../../api/seen.ts';
import { why } from '../../api/why.ts';
import { say, type Words } from '../../api/words.ts';
import type { CopyDone, CopyState } from './copy/schema.ts';

/** Where the management service keeps its data: a server of its own, or a store within itself. */
export type EngineKind = 'MySQL' | 'embedded';
/** What a file in the backup folder is a dump of. */
export type DumpKind = EngineKind | 'unknown';

/** A dump that is whole. Sizes in bytes. */
export interface BackupDone {
  path: string;
  size: number;
  /** Bytes of its content. */
  sql: number;
  /** Loaded away from what is live with every table there, or why not. */
  verified: { tables: number; rows: number } | { why: Words };
  /** Views that are not in it but as comments, as `database.view`: they stand on what is not there. Absent when all are. */
  left?: string[];
  /** Names of older dumps that were removed. */
  removed: string[];
  /** Absent when backups are not copied to another machine. */
  copy?: CopyDone;
}

/** A file name that stays in its folder. */
const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, 'may have letters, digits, - and _, at most 64 of them')
  .default('zstack-backup-db');

const keep = z.int().min(1).max(1000);

/**
 * Dumps the database, proves the dump, keeps the newest, as many as the timetable says when `keep` is not given. One
 * at a time: `conflict` while another runs.
 */
export const backupDatabase = defineAction<BackupDone>()({
  name: 'database.backup',
  input: z.object({ name, keep: keep.optional() }),
  access: ['password'],
  lane: 'none',
  long: true,
});

/** When the timer dumps the database, and how many dumps it keeps. */
export interface Timetable {
  /** Times of day as `00:30`, in their order. */
  times: string[];
  keep: number;
}

const TIME = /^([01]?\d|2[0-3]):([0-5]\d)$/;
const MOST_TIMES = 24;

/** Times of day from what a person types, such as `0:30, 12:30`; what is wrong with it, in words. */
export function timesIn(text: string): string[] | Words {
  const words = text.split(/[\s,，]+/).filter((word) => word !== '');
  const wrong = words.find((word) => !TIME.test(word));
  if (words.length === 0) return say('at least one time, such as 00:30', '至少一个时间，例如 00:30');
  if (wrong !== undefined) {
    return say(`${wrong} is no time of day such as 00:30`, `${wrong} 不是形如 00:30 的时间`);
  }
  const times = [...new Set(words.map((word) => word.padStart(5, '0')))].sort();
  if (times.length <= MOST_TIMES) return times;
  return say(`more than ${MOST_TIMES} times a day`, `每天超过 ${MOST_TIMES} 次`);
}

const times = z.string().transform((text, context) => {
  const found = timesIn(text);
  if (Array.isArray(found)) return found;
  context.addIssue({ code: 'custom', message: found.en, params: { words: found } });
  return z.NEVER;
});

/** Sets when the database is dumped by itself, and how many dumps are kept. In force at once. */
export const setTimetable = defineAction<void>()({
  name: 'database.setTimetable',
  input: z.object({ times, keep }),
  access: ['password'],
  lane: 'services',
});

export interface BackupInfo {
  path: string;
  kind: DumpKind;
  size: number;
  /** Wall time in milliseconds since 1970. */
  made: number;
}

export interface Backups {
  folder: string;
  /** Bytes of disk. */
  free: number;
  engine: EngineKind;
  timetable: Timetable;
  /** Where each is copied to besides; null when nowhere. */
  copy: Reading<CopyState | null>;
  backups: BackupInfo[];
}

/** The dumps on this node, newest first, those made before a restore as well. */
export const listBackups = defineAction<Backups>()({
  name: 'database.listBackups',
  input: z.object({}),
  access: ['password'],
  lane: 'none',
});

export interface Restored {
  /** Dump of what was there before; absent when there was nothing. */
  safety?: string;
  /** Views that are not in that but as comments, and so are gone, as `database.view`. Absent when all are. */
  left?: string[];
  /** The service ran before and has started on what was restored; false: it was stopped and still is. */
  started: boolean;
  /** Accounts of the dump that its views, triggers, routines and events ran as, and the one that they run as now. */
  definers?: string[];
  runsAs?: string;
}

const restoreInput = z.object({ file: absolutePath, rootPassword: secret.optional() });

/** What `database.restore` would do, its input checked; the dump itself is looked at only when it is restored. */
export const planRestore = defineAction<ShownPlan>()({
  name: 'database.planRestore',
  input: restoreInput,
  access: ['password'],
  lane: 'none',
});

/**
 * Puts a dump in the place of the database: makes it stand whole beside the live one, stops the service, takes a safety
 * dump, swaps the two, and starts the service again if it ran. Any failure ends with the database as it was, by swapping
 * again. MySQL asks for its root's password; the embedded store has none.
 */
export const restoreDatabase = defineAction<Restored>()({
  name: 'database.restore',
  input: restoreInput.extend({ why, seen }),
  access: ['password'],
  lane: 'services',
  long: true,
});
