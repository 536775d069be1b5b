import type { Plan, Step } from '../../api/plan.ts';
import type { Secret } from '../../api/secret-text.ts';
import { say } from '../../api/words.ts';
import type { NewPassword } from '../accounts/plan.ts';
import { type ConfigureAccount, configureAccount, RESTART_WARNING } from '../zstack/plan.ts';

interface OfAccount extends Step {
  readonly user: string;
}

export interface KeepAccount extends OfAccount {
  readonly type: 'database.keepAccount';
  /** The account is the service's own: its configuration is kept as well. */
  readonly service: boolean;
}

export interface AddPassword extends OfAccount {
  readonly type: 'database.addPassword';
}

export interface DropOldPassword extends OfAccount {
  readonly type: 'database.dropOldPassword';
}

/** Lets the system's own root in over the unix socket, the way in for undoing what follows. */
export interface OpenLifeline extends Step {
  readonly type: 'database.openLifeline';
}

export interface AccountChange {
  user: string;
  /** Key of the configuration that holds the password, for the service's own account. */
  key?: string;
  /** Root cannot get in over the unix socket yet. */
  lifeline: boolean;
}

/** What they are given. */
export interface Passwords extends NewPassword {
  /** Root's present one. */
  rootPassword: Secret;
}

export type AccountStep = KeepAccount | AddPassword | DropOldPassword | OpenLifeline | ConfigureAccount;

/** Steps of a change of an account's password: until the last one the old password is good as well. */
export function accountPlan({ user, key, lifeline }: AccountChange): Plan<AccountStep> {
  const steps: AccountStep[] = [];
  if (lifeline) {
    const words = say('letting the system’s root in over the socket', '允许系统 root 通过套接字登录');
    steps.push({ type: 'database.openLifeline', words });
  }
  steps.push(
    {
      type: 'database.keepAccount',
      user,
      service: key !== undefined,
      words: say('keeping what is needed to go back', '保存回退所需信息'),
    },
    {
      type: 'database.addPassword',
      user,
      words: say(
        'adding the new password beside the old one, and logging in with it',
        '添加新密码并用其登录验证',
      ),
    },
  );
  if (key !== undefined) steps.push(configureAccount(key));
  steps.push({
    type: 'database.dropOldPassword',
    user,
    words: say('dropping the old password, and logging in with the new one', '删除旧密码并用新密码登录验证'),
  });
  return {
    title: say(`change the MySQL password of ${user}`, `修改 MySQL ${user} 的密码`),
    steps,
    warnings: key === undefined ? [] : [RESTART_WARNING],
  };
}
