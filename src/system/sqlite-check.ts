import { DatabaseSync } from 'node:sqlite';
import type { StoreContent } from './sqlite.ts';

/** The program that reads a whole SQLite file: integrity, references, rows of each table, as JSON on stdout. */

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

try {
  process.stdout.write(JSON.stringify(contentOf(process.argv[2] ?? '')));
} catch (thrown) {
  const damage = thrown instanceof Error ? thrown.message : String(thrown);
  process.stdout.write(JSON.stringify({ damage, tables: {} } satisfies StoreContent));
}
