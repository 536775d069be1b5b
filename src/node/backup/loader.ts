import { randomBytes } from 'node:crypto';
import { Secret } from '../../api/secret-text.ts';
import { type Database, quotedName } from '../../system/mariadb.ts';
import { nativeHash } from '../../system/mariadb-accounts.ts';
import { loaderName, nextName } from './names.ts';
import { DATABASES } from './redirect.ts';

const HOST = 'localhost';
const GIBIBYTE = 1024 ** 3;

const loaderAccount = (id: string): string => `${quotedName(loaderName(id))}@${quotedName(HOST)}`;

/** The account in a text, in the quotes of whatever mode that was made in. */
export const loaderPattern = (id: string): RegExp =>
  new RegExp(`([\`"])${loaderName(id)}\\1@([\`"])${HOST}\\2`, 'g');

/**
 * Makes the account that loads a dump: it has all rights on the databases that are loaded into, and no other. So what
 * needs more, whatever the dump says, is refused by the server.
 */
export async function makeLoader(root: Database, id: string): Promise<Secret> {
  const password = new Secret(randomBytes(24).toString('base64url'));
  await root.query('CREATE USER ?@? IDENTIFIED VIA mysql_native_password USING ?', [
    ...[loaderName(id), HOST],
    nativeHash(password),
  ]);
  for (const database of DATABASES) {
    // A _ in it would stand for any character.
    const pattern = quotedName(nextName(id, database).replaceAll('_', '\\_'));
    await root.query(`GRANT ALL ON ${pattern}.* TO ${loaderAccount(id)}`);
  }
  return password;
}

/** Ends its sessions as well: one whose client is gone would go on to the end of its statement. */
export async function removeLoader(root: Database, id: string): Promise<void> {
  const name = loaderName(id);
  const sessions = await root.query('SELECT ID FROM information_schema.PROCESSLIST WHERE USER = ?', [name]);
  for (const { ID } of sessions) await root.query('KILL ?', [ID]).catch(() => undefined);
  await root.query('DROP USER IF EXISTS ?@?', [name, HOST]);
}

/** Settings of the whole server, by their names. */
export type Globals = Record<string, number>;

/** What keeps a dump out that the server itself can hold, with the values that do not. New sessions take them over. */
export async function narrowGlobals(root: Database): Promise<{ before: Globals; wanted: Globals }> {
  const [row = {}] = await root.query(
    'SELECT @@GLOBAL.max_allowed_packet AS packet, @@log_bin AS log, @@GLOBAL.log_bin_trust_function_creators AS trust',
  );
  const before: Globals = {};
  const wanted: Globals = {};
  if (Number(row.packet) < GIBIBYTE) {
    before.max_allowed_packet = Number(row.packet);
    wanted.max_allowed_packet = GIBIBYTE;
  }
  if (Number(row.log) === 1 && Number(row.trust) === 0) {
    before.log_bin_trust_function_creators = 0;
    wanted.log_bin_trust_function_creators = 1;
  }
  return { before, wanted };
}

export async function setGlobals(root: Database, globals: Globals): Promise<void> {
  for (const [name, value] of Object.entries(globals))
    await root.query(`SET GLOBAL ${quotedName(name)} = ?`, [value]);
}
