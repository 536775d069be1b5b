import type { Plan, Step } from '../../api/plan.ts';
import { say } from '../../api/words.ts';
import { type ConfigureAccount, configure, RESTART_WARNING } from '../database/plan.ts';

export interface KeepUser extends Step {
  readonly type: 'broker.keepUser';
  readonly id: string;
  readonly user: string;
}

export interface SetBrokerPassword extends Step {
  readonly type: 'broker.setPassword';
  readonly id: string;
  readonly user: string;
}

/** Open connections of the service go on until it is restarted: it never has to log in with the wrong one. */
export const brokerPlan = (
  id: string,
  user: string,
  key: string,
): Plan<KeepUser | SetBrokerPassword | ConfigureAccount> => ({
  title: say(`change the RabbitMQ password of ${user}`, `修改 RabbitMQ ${user} 的密码`),
  steps: [
    {
      type: 'broker.keepUser',
      id,
      user,
      words: say('keeping what is needed to go back', '保存回退所需信息'),
    },
    {
      type: 'broker.setPassword',
      id,
      user,
      words: say('setting the new password and logging in with it', '设置新密码并用其登录验证'),
    },
    configure(id, key),
  ],
  warnings: [RESTART_WARNING],
});
