import { z } from 'zod';
import { defineAction } from '../../api/action.ts';
import { secret } from '../../api/secret.ts';
import type { Words } from '../../api/words.ts';

export const KEEP_BACKUPS = 14;

/** A dump that is whole. Sizes in bytes. */
export interface BackupDone {
  path: string;
  size: number;
  /** Bytes of SQL in it. */
  sql: number;
  /** Loaded into a throw-away server with every table there, or why not. */
  verified: { tables: number; rows: number } | { why: Words };
  /** Names of older dumps that were removed. */
  removed: string[];
}

/** A file name that stays in its folder. */
const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, 'is a name of letters, digits, - and _, at most 64')
  .default('zstack-backup-db');

/** Dumps the database, proves the dump, keeps the newest. One at a time: `conflict` while another runs. */
export const backupDatabase = defineAction<BackupDone>()({
  name: 'database.backup',
  input: z.object({ name, keep: z.int().min(1).max(1000).default(KEEP_BACKUPS) }),
  access: 'password',
  effect: 'read',
  long: true,
});

export interface BackupInfo {
  path: string;
  size: number;
  /** Wall time in milliseconds since 1970. */
  made: number;
}

/** The dumps on this node, newest first, those made before a restore as well. */
export const listBackups = defineAction<{ folder: string; free: number; backups: BackupInfo[] }>()({
  name: 'database.listBackups',
  input: z.object({}),
  access: 'password',
  effect: 'read',
});

/**
 * Puts a dump in the place of the database: proves it in a throw-away server first, stops the service, takes a safety
 * dump, loads, and starts the service again if it ran. Any failure ends with the database as it was.
 */
export const restoreDatabase = defineAction<{ safety: string }>()({
  name: 'database.restore',
  input: z.object({ file: z.string().regex(/^\//, 'is an absolute path'), rootPassword: secret }),
  access: 'password',
  effect: 'change',
  long: true,
});
