import type { Plan, Step } from '../../api/plan.ts';
import { say } from '../../api/words.ts';

/** Sets root's password. The password itself is not in the step: `ticket` names where the controller holds it in memory. */
export interface SetRootPassword extends Step {
  readonly type: 'accounts.setRootPassword';
  readonly ticket: string;
  /** SHA-256 of the field in /etc/shadow as it was, so that a later look tells whether anything was done. */
  readonly before: string;
}

export const rootPasswordPlan = (ticket: string, before: string): Plan<SetRootPassword> => ({
  title: say('change the root password', '修改 root 密码'),
  steps: [
    {
      type: 'accounts.setRootPassword',
      words: say('setting the new password and logging in with it', '正在设置新密码并用其验证登录'),
      ticket,
      before,
    },
  ],
  warnings: [],
});
