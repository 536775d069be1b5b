import { type Database, quotedName } from '../../system/mariadb.ts';
import { openAsRoot } from './apply.ts';

/** Users that have an account for the one host, by this very name, and none for the other. Faults as `Database.open`. */
export async function usersOnlyFrom(socket: string, host: string, other: string): Promise<string[]> {
  using database = await openAsRoot(socket);
  const there = await usersAt(database, other);
  return (await usersAt(database, host)).filter((user) => !there.includes(user));
}

async function usersAt(database: Database, host: string): Promise<string[]> {
  const rows = await database.query('SELECT User FROM mysql.global_priv WHERE Host = ? ORDER BY User', [
    host,
  ]);
  return rows.map(({ User }) => String(User));
}

/** Gives the users the same account, password and rights, for another host. */
export async function copyAccounts(
  socket: string,
  users: readonly string[],
  { from, to }: { from: string; to: string },
): Promise<void> {
  using database = await openAsRoot(socket);
  for (const user of users)
    for (const statement of await statementsOf(database, user, from, to)) await database.query(statement);
}

/** What makes the account, as the server itself would write it down, for the other host. */
async function statementsOf(database: Database, user: string, from: string, to: string): Promise<string[]> {
  const made = await database.query('SHOW CREATE USER ?@?', [user, from]);
  const granted = await database.query('SHOW GRANTS FOR ?@?', [user, from]);
  const name = (host: string) => `${quotedName(user)}@${quotedName(host)}`;
  const texts = [...made, ...granted].flatMap((row) => Object.values(row).map(String));
  return texts.map((text) => text.replaceAll(name(from), name(to)));
}

export async function dropAccounts(socket: string, users: readonly string[], host: string): Promise<void> {
  using database = await openAsRoot(socket);
  for (const user of users) await database.query('DROP USER IF EXISTS ?@?', [user, host]);
}
