import { join } from 'node:path';
import { Secret } from '../../api/secret-text.ts';
import { say, type Words } from '../../api/words.ts';
import { readText, writeWhole } from '../../system/files.ts';
import type { Database } from '../../system/mariadb.ts';
import {
  type Account,
  accountsOf,
  hasPassword,
  nativeHash,
  setMethods,
  withOnly,
  withSocket,
} from '../../system/mariadb-accounts.ts';
import { ROOT } from '../database/apply.ts';
import { newPassword } from './settings.ts';

const LIMIT = 1024;

/**
 * MySQL's root gets a password wherever it has none. The system's root keeps its way in over the socket.
 * @param config folder that only root writes into
 */
export async function closeRoot(
  config: string,
  database: Database,
  tell: (words: Words) => void,
): Promise<void> {
  const accounts = await accountsOf(database, ROOT);
  const open = accounts.filter(({ methods }) => !hasPassword(methods));
  if (open.length < accounts.length) tell(say('MySQL’s root keeps its password', 'MySQL root 密码保持不变'));
  if (open.length === 0) return;
  const path = join(config, 'mysql-root-password');
  const hash = nativeHash(await keptPassword(path));
  for (const account of open) await setMethods(database, { ...account, methods: closed(account, hash) });
  tell(say(`the password of MySQL’s root is in ${path}`, `MySQL root 密码保存在 ${path}`));
}

const closed = ({ host, methods }: Account, hash: string): Account['methods'] =>
  host === 'localhost' ? withSocket(withOnly(methods, hash)) : withOnly(methods, hash);

/** The one of an earlier run, or a new one: on the disk, for root alone, before the server has it. */
async function keptPassword(path: string): Promise<Secret> {
  const before = (await readText(path, LIMIT))?.trim() ?? '';
  if (before !== '') return new Secret(before);
  const password = newPassword();
  await writeWhole(path, `${password}\n`);
  return new Secret(password);
}
