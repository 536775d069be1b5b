import type { Readable } from 'node:stream';
import { syncFile } from '../../system/files.ts';
import { quotedName } from '../../system/mariadb.ts';
import { lameViews } from '../../system/mariadb-definitions.ts';
import { pipeThrough } from '../../system/pipe.ts';
import { openAsRoot } from '../database/apply.ts';
import { compressInto, nameDisk } from './compress.ts';
import { cleaned, noted } from './dump-text.ts';
import type { Progress } from './engine.ts';
import { DATABASES } from './redirect.ts';

const LIMIT_MILLISECONDS = 6 * 3_600_000;
/** The protocol's own limit: a row that the server keeps is never too long for a dump of it. */
export const LONGEST_STATEMENT = '--max-allowed-packet=1G';

/** Those of ours that are there. */
export async function ownDatabases(socket: string): Promise<string[]> {
  using database = await openAsRoot(socket);
  const rows = await database.query('SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA');
  const there = new Set(rows.map(({ name }) => String(name)));
  return DATABASES.filter((name) => there.has(name));
}

/**
 * Dumps databases consistently into a compressed file that is on the disk when this settles. Reports bytes of SQL.
 * Answers the views that are not in it, as `database.view`: they stand on what is not there, and nobody could load them.
 * Their definitions stand at its end, as comments.
 */
export async function dump(
  socket: string,
  databases: readonly string[],
  path: string,
  signal: AbortSignal,
  progress: Progress,
): Promise<string[]> {
  const lame = await lameIn(socket, databases);
  const left = lame.map(({ view }) => view);
  const argv = [
    'mariadb-dump',
    ...['--no-defaults', `--socket=${socket}`, '--user=root', '--default-character-set=utf8mb4'],
    ...[
      '--single-transaction',
      '--quick',
      LONGEST_STATEMENT,
      '--routines',
      '--events',
      '--triggers',
      '--hex-blob',
    ],
    ...left.map((view) => `--ignore-table=${view}`),
    ...['--databases', ...databases],
  ];
  const output = (stdout: Readable) =>
    compressInto(stdout, path, progress, cleaned(), noted(lame.map(({ sql }) => sql)));
  await pipeThrough(argv, { timeout: LIMIT_MILLISECONDS, output, signal }).catch(nameDisk);
  await syncFile(path);
  return left;
}

async function lameIn(
  socket: string,
  databases: readonly string[],
): Promise<{ view: string; sql: string }[]> {
  using root = await openAsRoot(socket);
  const found: { view: string; sql: string }[] = [];
  for (const database of databases)
    for (const name of await lameViews(root, database)) {
      const [row] = await root.query(`SHOW CREATE VIEW ${quotedName(database)}.${quotedName(name)}`);
      found.push({ view: `${database}.${name}`, sql: `${String(row?.['Create View'])};` });
    }
  return found;
}
