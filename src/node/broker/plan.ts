import type { Plan, Step } from '../../api/plan.ts';
import { say } from '../../api/words.ts';
import { RESTART_WARNING } from '../zstack/plan.ts';

export interface KeepUser extends Step {
  readonly type: 'broker.keepUser';
  readonly user: string;
}

/** Broker and configuration in one step: the broker knows one password at a time, so they go back together. */
export interface SetBrokerPassword extends Step {
  readonly type: 'broker.setPassword';
  /** Key of the configuration that holds it. */
  readonly key: string;
}

export type BrokerStep = KeepUser | SetBrokerPassword;

/** Open connections of the service go on until it is restarted: it never has to log in with the wrong one. */
export const brokerPlan = (user: string, key: string): Plan<BrokerStep> => ({
  title: say(`change the RabbitMQ password of ${user}`, `修改 RabbitMQ ${user} 的密码`),
  steps: [
    {
      type: 'broker.keepUser',
      user,
      words: say('keeping what is needed to go back', '保存回退所需信息'),
    },
    {
      type: 'broker.setPassword',
      key,
      words: say(
        'setting the new password, logging in with it, restarting the service with it',
        '设置新密码，用其登录验证，并重启服务',
      ),
    },
  ],
  warnings: [RESTART_WARNING],
});
