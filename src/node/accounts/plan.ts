import type { Plan, Step } from '../../api/plan.ts';
import type { Secret } from '../../api/secret-text.ts';
import { say } from '../../api/words.ts';

/** Sets root's password, which it is given and which is not in it. */
export interface SetRootPassword extends Step {
  readonly type: 'accounts.setRootPassword';
  /** SHA-256 of the field in /etc/shadow as it was, so that a later look tells whether anything was done. */
  readonly before: string;
}

/** What the step is given. */
export interface NewPassword {
  newPassword: Secret;
}

export const rootPasswordPlan = (before: string): Plan<SetRootPassword> => ({
  title: say('change the root password', '修改 root 密码'),
  steps: [
    {
      type: 'accounts.setRootPassword',
      words: say('setting the new password and logging in with it', '正在设置新密码并用其验证登录'),
      before,
    },
  ],
  warnings: [],
});
