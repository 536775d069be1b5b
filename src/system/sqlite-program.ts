import { backup, DatabaseSync } from 'node:sqlite';
import type { StoreContent, StoreSaid } from './sqlite.ts';

/**
 * The program that works on SQLite files: `content FILE` reads a whole one (integrity, references, rows of each table),
 * `copy FILE NEW` makes a copy that stands alone, `fold FILE` brings its log into it. Says what it found as JSON on
 * stdout. It runs as the files' owner: SQLite opens them, and what it keeps beside them, by their names.
 */

const BUSY_MILLISECONDS = 10_000;
/** All pages in one go: a reader of a write-ahead log holds nobody up, and sees one moment. */
const ALL_PAGES = 0x7fff_ffff;
const MOST_TOLD = 5;
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

function contentOf(path: string): StoreContent {
  const file = new DatabaseSync(path, { readOnly: true });
  const column = (sql: string, name: string) =>
    file
      .prepare(sql)
      .all()
      .map((row) => String(row[name]));
  const found = column(`PRAGMA integrity_check(${MOST_TOLD})`, 'integrity_check');
  if (found.join() !== 'ok') return { damage: found.join('; '), tables: {} };
  const loose = column('PRAGMA foreign_key_check', 'table').slice(0, MOST_TOLD);
  if (loose.length > 0) return { damage: `rows that refer to nothing in ${loose.join(', ')}`, tables: {} };
  const names = column(
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    'name',
  );
  const rows = (name: string) =>
    Number(file.prepare(`SELECT COUNT(*) AS rows FROM ${quoted(name)}`).get()?.rows);
  return { tables: Object.fromEntries(names.map((name) => [name, rows(name)])) };
}

async function copy(path: string, target: string): Promise<void> {
  const source = new DatabaseSync(path, { readOnly: true, timeout: BUSY_MILLISECONDS });
  try {
    await backup(source, target, { rate: ALL_PAGES });
  } finally {
    source.close();
  }
  fold(target);
}

function fold(path: string): void {
  const file = new DatabaseSync(path, { timeout: BUSY_MILLISECONDS });
  try {
    file.exec('PRAGMA journal_mode = DELETE');
  } finally {
    file.close();
  }
}

async function work([verb, path = '', target = '']: string[]): Promise<StoreSaid> {
  try {
    if (verb === 'content') return { content: contentOf(path) };
    if (verb === 'copy') await copy(path, target);
    else fold(path);
    return {};
  } catch (thrown) {
    const { message, errcode } = thrown as { message: string; errcode?: number };
    return { error: message, ...(errcode === undefined ? {} : { errcode }) };
  }
}

process.umask(0o077);
void work(process.argv.slice(2)).then((said) => process.stdout.write(JSON.stringify(said)));
