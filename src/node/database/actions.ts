import { type Implementation, implement, type Run } from '../../api/action.ts';
import { Fault } from '../../api/fault.ts';
import type { Executor } from '../../api/plan.ts';
import type { Secret } from '../../api/secret-text.ts';
import { accountsOf } from '../../system/mariadb-accounts.ts';
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
import { accountPlan } from './plan.ts';
import { changeDatabaseRoot, changeDatabaseService } from './schema.ts';

export const databaseExecutors = (parts: DatabaseParts): [string, Executor][] => [
  ['database.openLifeline', openLifeline(parts) as Executor],
  ['database.keepAccount', keepAccount(parts) as Executor],
  ['database.addPassword', addPassword(parts) as Executor],
  ['database.dropOldPassword', dropOldPassword(parts) as Executor],
];

export const databasePasswordActions = (parts: DatabaseParts): Implementation[] => [
  implement(changeDatabaseRoot, (input, run) => change(parts, run, input, { user: ROOT })),
  implement(changeDatabaseService, async (input, run) => {
    const { user } = await localDatabase(parts.properties);
    await change(parts, run, input, { user, key: KEYS.databasePassword });
  }),
];

interface Passwords {
  rootPassword: Secret;
  newPassword: Secret;
}

/** Nothing is changed before the password has been checked and the account is known to be there. */
async function change(
  parts: DatabaseParts,
  run: Pick<Run, 'carryOut'>,
  { rootPassword, newPassword }: Passwords,
  account: { user: string; key?: string },
): Promise<void> {
  await checkDatabaseRoot(parts.socket, rootPassword);
  const reachable = await hasAccount(parts.socket, account.user);
  await parts.onTheirWay.during(newPassword, async (id) => {
    if (reachable) await run.carryOut(accountPlan({ ...account, id }));
    else
      await parts.onTheirWay.during(rootPassword, (lifeline) =>
        run.carryOut(accountPlan({ ...account, id, lifeline })),
      );
    await parts.keepsakes.forget(id);
  });
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
