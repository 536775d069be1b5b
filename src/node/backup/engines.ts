import { readPropertiesOrNone } from '../../system/properties.ts';
import { localDatabase } from '../database/local.ts';
import { databaseLogin } from '../zstack/settings.ts';
import { contentOf, withoutBefore } from './dump-text.ts';
import type { Engine, EngineParts } from './engine.ts';
import { MariadbEngine } from './mariadb.ts';
import type { DumpKind, EngineKind } from './schema.ts';
import { SqliteEngine } from './sqlite.ts';

/** The engine that is configured. Throws `conflict` when its data is on another machine. */
export async function engineOf(parts: EngineParts): Promise<Engine> {
  const kind = await configuredEngine(parts.properties);
  if (kind === 'MySQL') await localDatabase(parts.properties);
  return engineOfKind(parts, kind);
}

export const configuredEngine = async (properties: string): Promise<EngineKind> =>
  databaseLogin(await readPropertiesOrNone(properties)) === undefined ? 'embedded' : 'MySQL';

export const engineOfKind = (parts: EngineParts, kind: EngineKind): Engine =>
  kind === 'MySQL' ? new MariadbEngine(parts.socket, parts) : new SqliteEngine(parts);

const HEAD = 4096;
const SQLITE_HEAD = 'SQLite format 3\0';
/** How dumps of MySQL begin: a comment, with ours the first, or a statement. */
const SQL_HEAD = /^\s*(--|\/\*|#|(CREATE|USE|SET|DROP|INSERT|LOCK|BEGIN|START)\b)/i;

/** What a file is a dump of, by its first bytes. Throws `conflict` when it is in a form that is not taken, with the way out. */
export async function kindIn(path: string): Promise<DumpKind> {
  const text = await contentOf(path);
  try {
    for await (const chunk of text) return kindOfText(chunk as Buffer);
  } catch {
    // Too little of it.
  } finally {
    text.destroy();
  }
  return 'unknown';
}

/** The same for a list. */
export const kindOf = (path: string): Promise<DumpKind> => kindIn(path).catch(() => 'unknown');

function kindOfText(chunk: Buffer): DumpKind {
  const head = withoutBefore(chunk.subarray(0, HEAD)).toString('latin1');
  if (head.startsWith(SQLITE_HEAD)) return 'embedded';
  return SQL_HEAD.test(head) ? 'MySQL' : 'unknown';
}
