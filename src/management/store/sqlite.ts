import { chmodSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { type Dialect, type SqliteDatabase, SqliteDialect, type SqliteStatement } from 'kysely';

const BUSY_MILLISECONDS = 5_000;
const MOST_STATEMENTS = 200;
/** Longer ones are seldom asked twice. */
const LONGEST_KEPT = 10_000;

/** The embedded engine: one file, private to its owner, that survives a power cut. */
export function sqliteDialect(path: string): Dialect {
  const file = new DatabaseSync(path, { timeout: BUSY_MILLISECONDS });
  chmodSync(path, 0o600);
  file.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
  const prepared = kept((sql) => {
    const statement = file.prepare(sql);
    return { statement, reader: statement.columns().length > 0 };
  });
  const database: SqliteDatabase = {
    close: () => file.close(),
    prepare(sql) {
      const { statement, reader } = prepared(sql);
      if (sql === 'rollback') return rolledBack(file, statement);
      const values = (parameters: readonly unknown[]) => parameters as SQLInputValue[];
      return {
        reader,
        all: (parameters) => statement.all(...values(parameters)),
        run: (parameters) => statement.run(...values(parameters)),
        iterate: (parameters) => statement.iterate(...values(parameters)) as IterableIterator<unknown>,
      };
    },
  };
  return new SqliteDialect({ database });
}

/** What goes wrong for want of room has been rolled back by then: the fault that is told is that one. */
const rolledBack = (file: DatabaseSync, statement: StatementSync): SqliteStatement => ({
  reader: false,
  all: () => [],
  run: () => (file.isTransaction ? statement.run() : { changes: 0, lastInsertRowid: 0 }),
  iterate: () => [][Symbol.iterator](),
});

interface Prepared {
  readonly statement: StatementSync;
  /** It answers rows. */
  readonly reader: boolean;
}

/** Reading a statement takes longer than asking a short one: the latest are kept. */
function kept(prepare: (sql: string) => Prepared): (sql: string) => Prepared {
  const statements = new Map<string, Prepared>();
  return (sql) => {
    if (sql.length > LONGEST_KEPT) return prepare(sql);
    const statement = statements.get(sql) ?? prepare(sql);
    statements.delete(sql);
    statements.set(sql, statement);
    const [oldest] = statements.keys();
    if (statements.size > MOST_STATEMENTS && oldest !== undefined) statements.delete(oldest);
    return statement;
  };
}
