import { implement, type Run } from '../../api/action.ts';
import { Fault } from '../../api/fault.ts';
import { type Feature, feature } from '../../api/feature.ts';
import { accountsOf } from '../../system/mariadb-accounts.ts';
import { configurePassword } from '../zstack/configure.ts';
import { KEYS } from '../zstack/settings.ts';
import {
  addPassword,
  checkDatabaseRoot,
  type DatabaseParts,
  dropOldPassword,
  keepAccount,
  openAsRoot,
  openLifeline,
  ROOT,
} from './apply.ts';
import { localDatabase } from './local.ts';
import { type AccountStep, accountPlan, type Passwords } from './plan.ts';
import { changeDatabaseRoot, changeDatabaseService } from './schema.ts';

type DatabaseRun = Run<never, AccountStep, Passwords>;

export const databaseFeature = (parts: DatabaseParts): Feature =>
  feature<AccountStep, Passwords>({
    actions: [
      implement(changeDatabaseRoot, (input, run) => change(parts, run, input, { user: ROOT })),
      implement(changeDatabaseService, async (input, run) => {
        const { user } = await localDatabase(parts.properties);
        await change(parts, run, input, { user, key: KEYS.databasePassword });
      }),
    ],
    executors: {
      'database.openLifeline': openLifeline(parts),
      'database.keepAccount': keepAccount(parts),
      'database.addPassword': addPassword(parts),
      'database.dropOldPassword': dropOldPassword(parts),
      'services.configurePassword': configurePassword(parts),
    },
  });

/** Nothing is changed before the password has been checked and the account is known to be there. */
async function change(
  parts: DatabaseParts,
  { carryOut }: Pick<DatabaseRun, 'carryOut'>,
  passwords: Passwords,
  account: { user: string; key?: string },
): Promise<void> {
  await checkDatabaseRoot(parts.socket, passwords.rootPassword);
  const lifeline = !(await hasAccount(parts.socket, account.user));
  await carryOut(accountPlan({ ...account, lifeline }), passwords);
}

/** False when root is not let in over the socket yet. Throws `notFound` when there is no such account. */
async function hasAccount(socket: string, user: string): Promise<boolean> {
  try {
    using database = await openAsRoot(socket);
    await accountsOf(database, user);
    return true;
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.kind === 'refused') return false;
    throw thrown;
  }
}
