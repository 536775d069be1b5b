import { z } from 'zod';
import { defineAction } from '../../api/action.ts';
import { secret } from '../../api/secret.ts';
import type { Words } from '../../api/words.ts';

export const KEEP_BACKUPS = 14;

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
  kind: DumpKind;
  size: number;
  /** Wall time in milliseconds since 1970. */
  made: number;
}

/** The dumps on this node, newest first, those made before a restore as well. */
export const listBackups = defineAction<{
  folder: string;
  free: number;
  engine: EngineKind;
  backups: BackupInfo[];
}>()({
  name: 'database.listBackups',
  input: z.object({}),
  access: 'password',
  effect: 'read',
});

const file = z.string().regex(/^\//, 'is an absolute path');

export interface Restored {
  /** Dump of what was there before; absent when there was nothing. */
  safety?: string;
  /** The service ran before and has started on what was restored; false: it was stopped and still is. */
  started: boolean;
}

/**
 * Puts a dump in the place of the database: proves it away from what is live first, stops the service, takes a safety
 * dump, loads, and starts the service again if it ran. Any failure ends with the database as it was. MySQL asks for
 * its root's password; the embedded store has none.
 */
export const restoreDatabase = defineAction<Restored>()({
  name: 'database.restore',
  input: z.object({ file, rootPassword: secret.optional() }),
  access: 'password',
  effect: 'change',
  long: true,
});
