import { Fault } from '../../api/fault.ts';
import { type Executor, keepsake } from '../../api/plan.ts';
import type { Secret } from '../../api/secret-text.ts';
import { say } from '../../api/words.ts';
import { Database, isDatabasePassword } from '../../system/mariadb.ts';
import {
  type Account,
  accountsOf,
  type Method,
  nativeHash,
  sameMethods,
  setMethods,
  withBoth,
  withOnly,
  withSocket,
} from '../../system/mariadb-accounts.ts';
import { readProperties } from '../../system/properties.ts';
import type { Service } from '../../system/service.ts';
import type { NewPassword } from '../accounts/plan.ts';
import { keepConfiguration } from '../zstack/configure.ts';
import { databaseLogin } from '../zstack/settings.ts';
import type { AddPassword, DropOldPassword, KeepAccount, OpenLifeline, Passwords } from './plan.ts';

export interface DatabaseParts {
  /** Unix socket of this machine's server. */
  socket: string;
  properties: string;
  service: Service;
}

/** An account before the change, and the hash of the new password. */
interface AccountKept {
  accounts: Account[];
  hash: string;
}

const ACCOUNT = keepsake<AccountKept>('account');

export const ROOT = 'root';

/** As the system's own root, over the socket. Throws `refused` when the server does not let it in. */
export async function openAsRoot(socket: string): Promise<Database> {
  try {
    return await Database.open({ socket }, { user: ROOT });
  } catch (thrown) {
    throw thrown instanceof Fault && thrown.kind === 'refused' ? noWayIn(thrown) : thrown;
  }
}

const noWayIn = (cause: Fault): Fault =>
  new Fault(
    'refused',
    say('MySQL does not let the system’s root in without a password', 'MySQL 不允许系统 root 免密登录'),
    {
      cause,
      next: say(
        'change the MySQL root password once, to the present one if you like: F2, Change Password; it lets root in',
        '请修改一次 MySQL root 密码（可与当前密码相同）：F2，修改密码；此后 root 即可登录',
      ),
    },
  );

/** Lets root in over the socket. It stays: without it no change could be undone after a crash. */
export const openLifeline = ({ socket }: DatabaseParts): Executor<OpenLifeline, Passwords> => ({
  async apply(_step, { given }) {
    using database = await Database.open({ socket }, { user: ROOT, password: given.rootPassword });
    const account = (await accountsOf(database, ROOT)).find(({ host }) => host === 'localhost');
    if (account === undefined) throw noLocalRoot();
    await setMethods(database, { ...account, methods: withSocket(account.methods) });
    (await openAsRoot(socket)).close();
  },
  undo: async () => undefined,
  settle: async () => 'not done',
});

export const keepAccount = (parts: DatabaseParts): Executor<KeepAccount, NewPassword> => ({
  async apply({ user, service }, { given, kept }) {
    using database = await openAsRoot(parts.socket);
    const accounts = await accountsOf(database, user);
    if (service) await keepConfiguration(parts, kept);
    await kept.keep(ACCOUNT, { accounts, hash: nativeHash(given.newPassword) });
  },
  undo: async () => undefined,
  settle: async () => 'not done',
});

export const addPassword = (parts: DatabaseParts): Executor<AddPassword, NewPassword> => ({
  async apply({ user }, { given, kept }) {
    const before = await kept.read(ACCOUNT);
    await setAll(parts, before, (methods) => withBoth(methods, before.hash));
    await prove(parts, user, given.newPassword);
  },
  async undo(_step, { kept }) {
    await setAll(parts, await kept.read(ACCOUNT), (methods) => [...methods]);
  },
  async settle({ user }, { kept }) {
    const before = await kept.find(ACCOUNT);
    if (before === undefined) return 'not done';
    return (await isAll(parts, user, before, (methods) => [...methods])) ? 'not done' : 'done';
  },
});

export const dropOldPassword = (parts: DatabaseParts): Executor<DropOldPassword, NewPassword> => ({
  async apply({ user }, { given, kept }) {
    const before = await kept.read(ACCOUNT);
    await setAll(parts, before, (methods) => withOnly(methods, before.hash));
    await prove(parts, user, given.newPassword);
  },
  async undo(_step, { kept }) {
    const before = await kept.read(ACCOUNT);
    await setAll(parts, before, (methods) => withBoth(methods, before.hash));
  },
  // Some rows have the new one alone and some both: both for all is the state before this step.
  async settle({ user }, { kept }) {
    const before = await kept.find(ACCOUNT);
    if (before === undefined) return 'not done';
    if (await isAll(parts, user, before, (methods) => withOnly(methods, before.hash))) return 'done';
    await setAll(parts, before, (methods) => withBoth(methods, before.hash));
    return 'not done';
  },
});

type Change = (methods: readonly Method[]) => Method[];

async function setAll({ socket }: DatabaseParts, { accounts }: AccountKept, change: Change): Promise<void> {
  using database = await openAsRoot(socket);
  for (const account of accounts)
    await setMethods(database, { ...account, methods: change(account.methods) });
}

async function isAll(
  { socket }: DatabaseParts,
  user: string,
  { accounts }: AccountKept,
  change: Change,
): Promise<boolean> {
  using database = await openAsRoot(socket);
  const now = new Map((await accountsOf(database, user)).map(({ host, methods }) => [host, methods]));
  return accounts.every(({ host, methods }) => sameMethods(now.get(host) ?? [], change(methods)));
}

/** The new password opens the account, by the server's own word; the service's own as the service logs in. */
async function prove(parts: DatabaseParts, user: string, password: Secret): Promise<void> {
  const opens =
    user === ROOT ? await isDatabasePassword(parts.socket, user, password) : await logsIn(parts, password);
  if (opens) return;
  throw new Fault(
    'failed',
    say(`MySQL does not let ${user} in with the new password`, `MySQL 不接受 ${user} 的新密码`),
  );
}

async function logsIn({ properties }: DatabaseParts, password: Secret): Promise<boolean> {
  const login = databaseLogin(await readProperties(properties));
  if (login === undefined) return false;
  const { host, port, user } = login;
  try {
    (await Database.open({ host, port }, { user, password })).close();
    return true;
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.kind === 'refused') return false;
    throw thrown;
  }
}

/** Settles when this is root's MySQL password; throws `refused`, field `rootPassword`. */
export async function checkDatabaseRoot(socket: string, password: Secret): Promise<void> {
  if (await isDatabasePassword(socket, ROOT, password)) return;
  throw new Fault('refused', say('wrong MySQL root password', 'MySQL root 密码错误'), {
    field: 'rootPassword',
  });
}

const noLocalRoot = (): Fault =>
  new Fault('conflict', say('MySQL has no root@localhost', 'MySQL 没有 root@localhost'));
