import type { Kysely } from 'kysely';
import { Fault } from '../../../api/fault.ts';
import type { Secret } from '../../../api/secret-text.ts';
import { say } from '../../../api/words.ts';
import { serves } from '../../calls/doing.ts';
import { render } from '../../calls/render.ts';
import { badField, notThere } from '../../define/refusal.ts';
import type { TablesOf } from '../../define/table.ts';
import { hashOf, initialHash, isInitial } from './password.ts';
import { account, updateAccount } from './resource.ts';
import { endSessions } from './sessions.ts';

const tables = (database: Kysely<object>) => database.withTables<TablesOf<typeof account>>();

/** The same on every installation: clients know it. */
const ADMIN = '36c27e8ff05c4780bf6d2fa65700f22e';

/** Makes the admin account where there is none. Its initial password opens the API from the machine itself only. */
export async function ensureAdmin(database: Kysely<object>): Promise<void> {
  const there = await tables(database)
    .selectFrom('account')
    .select('uuid')
    .where('uuid', '=', ADMIN)
    .execute();
  if (there.length > 0) return;
  const now = Date.now();
  const dates = { createDate: now, lastOpDate: now };
  await tables(database)
    .insertInto('account')
    .values({
      ...{ uuid: ADMIN, name: 'admin', description: null, type: 'SystemAdmin', ...dates },
      password: await initialHash(),
    })
    .execute();
}

/** SHA-512 in hex, as every client sends it: what was typed is not known here. Throws `usage`. */
function checkPassword(sent: Secret): void {
  if (!/^[0-9a-f]{128}$/i.test(sent.reveal()))
    throw badField(
      'password',
      say('is not the SHA-512 of one, 128 hex digits', '不是 128 位十六进制的 SHA-512'),
    );
  if (isInitial(sent)) throw badField('password', say('is the initial one', '不能使用初始密码'));
}

const update = serves(
  updateAccount,
  async ({ database, session, now }, { uuid, password, name, description }) => {
    const own = uuid ?? session?.accountUuid ?? '';
    if (password !== undefined) checkPassword(password);
    if (name === '') throw badField('name', say('must not be empty', '不能为空'));
    const row = await tables(database)
      .selectFrom('account')
      .selectAll()
      .where('uuid', '=', own)
      .executeTakeFirst();
    if (row === undefined) throw notThere(account.vo, own);
    if (name !== undefined && (await isTaken(database, name, own))) throw taken(name);
    const given = {
      ...(name === undefined ? {} : { name }),
      ...(description === undefined ? {} : { description }),
      ...(password === undefined ? {} : { password: await hashOf(password) }),
      lastOpDate: now,
    };
    await tables(database).updateTable('account').set(given).where('uuid', '=', own).execute();
    // Whoever knew the old password is out.
    if (password !== undefined) await endSessions(database, own, session?.uuid);
    return { inventory: render(account, { ...row, ...given }) };
  },
);

const isTaken = async (database: Kysely<object>, name: string, own: string): Promise<boolean> => {
  const query = tables(database).selectFrom('account').select('uuid');
  return (await query.where('name', '=', name).where('uuid', '!=', own).execute()).length > 0;
};

const taken = (name: string): Fault =>
  new Fault('conflict', say(`an account is called ${name} already`, `已有名为 ${name} 的账户`));

export const accountCalls = [update];
