import { Fault } from '../../api/fault.ts';
import { type Executor, keepsake, type Returning } from '../../api/plan.ts';
import { say } from '../../api/words.ts';
import { readPropertiesOrNone } from '../../system/properties.ts';
import { type Broker, type BrokerUser, brokerHash, isBrokerPassword } from '../../system/rabbitmq.ts';
import type { Service } from '../../system/service.ts';
import type { NewPassword } from '../accounts/plan.ts';
import { configurePassword, keepConfiguration } from '../zstack/configure.ts';
import type { ConfigureAccount } from '../zstack/plan.ts';
import { brokerLogin, type Login } from '../zstack/settings.ts';
import type { KeepUser, SetBrokerPassword } from './plan.ts';

export interface BrokerParts {
  broker: Broker;
  properties: string;
  service: Service;
}

const USER = keepsake<{ user: BrokerUser }>('user');

export const keepUser = (parts: BrokerParts): Executor<KeepUser> => ({
  async apply({ user: name }, { kept }) {
    const user = await parts.broker.user(name);
    if (user === undefined) throw noUser(name);
    await keepConfiguration(parts, kept);
    await kept.keep(USER, { user });
  },
  undo: async () => undefined,
  settle: async () => 'not done',
});

export function setBrokerPassword(parts: BrokerParts): Executor<SetBrokerPassword, NewPassword> {
  const configuration = configurePassword(parts);
  const goBack = async (step: SetBrokerPassword, on: Returning<NewPassword>): Promise<void> => {
    await parts.broker.putUser((await on.kept.read(USER)).user);
    await configuration.undo(configureStep(step), on);
  };
  return {
    async apply(step, on) {
      const { user } = await on.kept.read(USER);
      const password = on.given.newPassword;
      await parts.broker.putUser({ ...user, ...brokerHash(password) });
      const login = await configuredBroker(parts.properties);
      if (!(await isBrokerPassword({ ...login, user: user.name, password }))) throw notProven(user.name);
      await configuration.apply(configureStep(step), on);
    },
    undo: goBack,
    async settle(step, on) {
      const before = await on.kept.find(USER);
      if (before === undefined) return 'not done';
      const now = await parts.broker.user(before.user.name);
      if (now?.password_hash !== before.user.password_hash) await goBack(step, on);
      return 'not done';
    },
  };
}

const configureStep = ({ key, words }: SetBrokerPassword): ConfigureAccount => ({
  type: 'services.configurePassword',
  key,
  words,
});

/** The broker in the configuration. Throws `conflict` when messages stay in the process. */
export async function configuredBroker(properties: string): Promise<Login> {
  const login = brokerLogin(await readPropertiesOrNone(properties));
  if (login !== undefined) return login;
  throw new Fault('conflict', say('this node uses no message broker', '本节点未使用消息队列'));
}

export const noUser = (name: string): Fault =>
  new Fault('notFound', say(`RabbitMQ has no user ${name}`, `RabbitMQ 没有用户 ${name}`), {
    next: say('zstack-ctl reset_rabbitmq makes it anew', '可用 zstack-ctl reset_rabbitmq 重建'),
  });

const notProven = (name: string): Fault =>
  new Fault(
    'failed',
    say(`RabbitMQ does not let ${name} in with the new password`, `RabbitMQ 不接受 ${name} 的新密码`),
  );
