import { say } from '../../../api/words.ts';
import { type Doing, newUuid, serves } from '../../calls/doing.ts';
import { render } from '../../calls/render.ts';
import { Refusal } from '../../define/refusal.ts';
import type { TablesOf } from '../../define/table.ts';
import { numberOf } from '../global-config/run.ts';
import { isInitial, isRight } from './password.ts';
import { recorded } from './recorded.ts';
import type { account } from './resource.ts';
import { logInByAccount, logOut, session, validateSession } from './session.ts';
import { livingSessions } from './sessions.ts';
import { countTry, forgetTries, type Line } from './wrong-log-ins.ts';

const tables = ({ database }: Doing) => database.withTables<TablesOf<typeof account | typeof session>>();

/** A hash that no password has: a name that nobody has takes as long as a wrong password. */
const NOBODY = `scrypt$${'A'.repeat(22)}==$${'A'.repeat(43)}=`;

const refused = (en: string, zh: string, next?: [string, string]): Refusal =>
  new Refusal('ID.1000', 'refused', say(en, zh), next === undefined ? {} : { next: say(...next) });

const logIn = serves(logInByAccount, async (on, { accountName, password }) => {
  const found = await named(on, accountName);
  const line: Line = { name: found?.name ?? '', address: on.caller.address };
  const wait = await countTry(on.database, line, on.now);
  if (wait > 0) throw locked(wait);
  const right = await isRight(password, found?.password ?? NOBODY);
  return recorded(on, logInByAccount, { accountUuid: found?.uuid, accountName }, async () => {
    if (found === undefined || !right) throw refused('wrong account name or password', '账户名或密码错误');
    await forgetTries(on.database, line);
    if (isInitial(password) && !on.caller.isHere) throw initialFromAfar();
    return { inventory: await open(on, found.uuid) };
  });
});

const named = (on: Doing, name: string) =>
  tables(on)
    .selectFrom('account')
    .select(['uuid', 'name', 'password'])
    .where('name', '=', name)
    .executeTakeFirst();

async function open(on: Doing, accountUuid: string) {
  const most = await numberOf(on.database, 'identity', 'session.maxConcurrent');
  if ((await livingSessions(on.database, accountUuid, on.now)) >= most)
    throw refused(`${most} sessions are open already`, `已有 ${most} 个会话`);
  const seconds = await numberOf(on.database, 'identity', 'session.timeout');
  const row = {
    uuid: newUuid(),
    accountUuid,
    userUuid: accountUuid,
    expiredDate: on.now + seconds * 1000,
    createDate: on.now,
  };
  await tables(on).insertInto('session').values(row).execute();
  return render(session, row);
}

function locked(wait: number): Refusal {
  const seconds = Math.ceil(wait / 1000);
  const [en, zh] =
    seconds > 60
      ? [`${Math.ceil(seconds / 60)} minutes`, `${Math.ceil(seconds / 60)} 分钟`]
      : [`${seconds} seconds`, `${seconds} 秒`];
  return refused(
    `too many wrong passwords from this address: again in ${en}`,
    `该地址的错误密码过多：请 ${zh}后再试`,
  );
}

const initialFromAfar = (): Refusal =>
  refused(
    'the initial password is taken from the management node itself only',
    '初始密码只能在管理节点本机使用',
    [
      'change it there: zstack-cli UpdateAccount password=…',
      '请在管理节点上修改：zstack-cli UpdateAccount password=…',
    ],
  );

const leave = serves(logOut, async (on, { sessionUuid }) => {
  const uuid = sessionUuid?.reveal() ?? on.session?.uuid;
  const found = uuid === undefined ? undefined : await ownerOf(on, uuid);
  if (uuid === undefined || found === undefined) return {};
  const who = { accountUuid: found.accountUuid, accountName: found.name };
  return recorded(on, logOut, who, async () => {
    await tables(on).deleteFrom('session').where('uuid', '=', uuid).execute();
    return {};
  });
});

const ownerOf = (on: Doing, session: string) =>
  tables(on)
    .selectFrom('session')
    .innerJoin('account', 'account.uuid', 'session.accountUuid')
    .select(['session.accountUuid', 'account.name'])
    .where('session.uuid', '=', session)
    .executeTakeFirst();

const validate = serves(validateSession, async (on, { sessionUuid }) => {
  const row = await tables(on)
    .selectFrom('session')
    .select('expiredDate')
    .where('uuid', '=', sessionUuid.reveal())
    .executeTakeFirst();
  return { validSession: row !== undefined && row.expiredDate > on.now };
});

export const sessionCalls = [logIn, leave, validate];
