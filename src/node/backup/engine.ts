import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { readPropertiesOrNone } from '../../system/properties.ts';
import { localDatabase } from '../database/local.ts';
import { databaseLogin } from '../services/settings.ts';
import { MariadbEngine } from './mariadb.ts';
import type { DumpKind, EngineKind } from './schema.ts';
import { SqliteEngine } from './sqlite.ts';

/** Reports bytes of the dump's content so far. */
export type Progress = (bytes: number) => void;

/** What a dump holds, found by loading it away from what is live. */
export interface Examined {
  databases: string[];
  tables: number;
  rows: number;
}

/** Where the management service keeps its data, as far as dumping and restoring goes. */
export interface Engine {
  readonly kind: EngineKind;
  /** What there is to dump; empty when there is nothing yet. */
  databases(): Promise<string[]>;
  /** About as many bytes as the dump's content will have. */
  bytes(databases: readonly string[]): Promise<number>;
  /** Dumps consistently into a new compressed file, which is on the disk when this settles. */
  dump(databases: readonly string[], path: string, signal: AbortSignal, progress: Progress): Promise<void>;
  /** Bytes of disk that `examine` needs for that much content. */
  roomFor(content: number): number;
  /** Loads a dump into `place`, a folder that is gone afterwards. Throws when it cannot be loaded. */
  examine(place: string, path: string, signal: AbortSignal, progress: Progress): Promise<Examined>;
  /** Puts a dump in the place of the databases. `id` names what is kept to go back. */
  replace(id: string, databases: readonly string[], path: string, signal: AbortSignal): Promise<void>;
  /** Undoes `replace`, however far it got. `safety` is a dump of what was there; undefined: nothing was. */
  putBack(id: string, databases: readonly string[], safety: string | undefined): Promise<void>;
  /** Nobody goes back any more. */
  forget(id: string): Promise<void>;
}

export interface EngineParts {
  properties: string;
  /** Unix socket of this machine's database server. */
  socket: string;
  /** File of the embedded store. */
  store: string;
  /** For tests: the program that reads a whole store; beside this program's own otherwise. */
  storeProgram?: string;
}

/** The engine that is configured. Throws `conflict` when its data is on another machine. */
export async function engineOf(parts: EngineParts): Promise<Engine> {
  const kind = await configuredEngine(parts.properties);
  if (kind === 'MySQL') await localDatabase(parts.properties);
  return engineOfKind(parts, kind);
}

export const configuredEngine = async (properties: string): Promise<EngineKind> =>
  databaseLogin(await readPropertiesOrNone(properties)) === undefined ? 'embedded' : 'MySQL';

export const engineOfKind = (parts: EngineParts, kind: EngineKind): Engine =>
  kind === 'MySQL' ? new MariadbEngine(parts.socket) : new SqliteEngine(parts.store, parts.storeProgram);

const HEAD = 64;
const SQLITE_HEAD = 'SQLite format 3\0';
/** How dumps of MySQL begin: a comment, with ours the first, or the statement of an older client. */
const SQL_HEAD = /^(--|\/\*|CREATE |USE |SET )/;

/** What a file in the backup folder is a dump of, by its first bytes. */
export async function kindOf(path: string): Promise<DumpKind> {
  const text = createReadStream(path, { end: HEAD * 1024 }).pipe(createGunzip());
  try {
    for await (const chunk of text) return kindOfText((chunk as Buffer).toString('latin1', 0, HEAD));
  } catch {
    // No gzip, or too little of it.
  }
  return 'unknown';
}

function kindOfText(head: string): DumpKind {
  if (head.startsWith(SQLITE_HEAD)) return 'embedded';
  return SQL_HEAD.test(head) ? 'MySQL' : 'unknown';
}
