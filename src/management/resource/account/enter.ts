import type { Secret } from '../../../api/secret-text.ts';
import { say } from '../../../api/words.ts';
import { type Doing, newUuid } from '../../calls/doing.ts';
import { type Inventory, render } from '../../calls/render.ts';
import type { Api } from '../../define/api.ts';
import { Refusal } from '../../define/refusal.ts';
import type { RowOf, TablesOf } from '../../define/table.ts';
import { numberOf } from '../global-config/run.ts';
import { isInitial, isRight } from './password.ts';
import { recorded } from './recorded.ts';
import type { account } from './resource.ts';
import { session } from './session.ts';
import { livingSessions } from './sessions.ts';
import { countTry, forgetTries } from './wrong-log-ins.ts';

const tables = ({ database }: Doing) => database.withTables<TablesOf<typeof session>>();

/** Whoever has a password: an account, or one of its users. */
export interface Person {
  readonly uuid: string;
  readonly accountUuid: string;
  readonly accountType: RowOf<typeof account>['type'];
  /** Its hash. */
  readonly password: string;
}

/** A hash that no password has: a name that nobody has takes as long as a wrong password. */
const NOBODY = `scrypt$${'A'.repeat(22)}==$${'A'.repeat(43)}=`;

const refused = (en: string, zh: string, next?: [string, string]): Refusal =>
  new Refusal('ID.1000', 'refused', say(en, zh), next === undefined ? {} : { next: say(...next) });

/** Opens a session for whoever gives the right password. @param name as it was given */
export async function enter(
  on: Doing,
  api: Pick<Api, 'name'>,
  name: string,
  person: Person | undefined,
  password: Secret,
): Promise<{ inventory: Inventory }> {
  const line = { name: person?.uuid ?? '', address: on.caller.address };
  const wait = await countTry(on.database, line, on.now);
  if (wait > 0) throw locked(wait);
  const right = await isRight(password, person?.password ?? NOBODY);
  const who = { accountUuid: person?.accountUuid, userUuid: person?.uuid, name };
  return recorded(on, api, who, async () => {
    if (person === undefined || !right) throw refused('wrong account name or password', '账户名或密码错误');
    await forgetTries(on.database, line);
    if (isInitial(password) && !on.caller.isHere) throw initialFromAfar();
    return { inventory: await open(on, person) };
  });
}

async function open(on: Doing, { uuid, accountUuid, accountType }: Person) {
  const most = await numberOf(on.database, 'identity', 'session.maxConcurrent');
  if ((await livingSessions(on.database, uuid, on.now)) >= most)
    throw refused(`${most} sessions are open already`, `已有 ${most} 个会话`);
  const seconds = await numberOf(on.database, 'identity', 'session.timeout');
  const row = {
    uuid: newUuid(),
    ...{ accountUuid, userUuid: uuid, accountType },
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
