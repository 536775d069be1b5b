import { Fault } from '../../api/fault.ts';
import type { Executor, Returning } from '../../api/plan.ts';
import { say } from '../../api/words.ts';
import { readPropertiesOrNone } from '../../system/properties.ts';
import { type Broker, type BrokerUser, brokerHash, isBrokerPassword } from '../../system/rabbitmq.ts';
import type { Service } from '../../system/service.ts';
import type { NewPassword } from '../accounts/plan.ts';
import { type ConfigurationKept, configurePassword, keepConfiguration } from '../zstack/configure.ts';
import type { Keepsakes } from '../zstack/keepsakes.ts';
import type { ConfigureAccount } from '../zstack/plan.ts';
import { brokerLogin, type Login } from '../zstack/settings.ts';
import type { KeepUser, SetBrokerPassword } from './plan.ts';

export interface BrokerParts {
  broker: Broker;
  keepsakes: Keepsakes;
  properties: string;
  service: Service;
}

interface UserKept extends ConfigurationKept {
  user: BrokerUser;
}

export const keepUser = (parts: BrokerParts): Executor<KeepUser> => ({
  async apply({ id, user: name }) {
    const user = await parts.broker.user(name);
    if (user === undefined) throw noUser(name);
    await parts.keepsakes.keep(id, { user, ...(await keepConfiguration(parts.properties, parts.service)) });
  },
  undo: ({ id }) => parts.keepsakes.forget(id),
  settle: async ({ id }) => ((await parts.keepsakes.find(id)) === undefined ? 'not done' : 'done'),
});

export function setBrokerPassword(parts: BrokerParts): Executor<SetBrokerPassword, NewPassword> {
  const configuration = configurePassword(parts);
  const goBack = async (step: SetBrokerPassword, on: Returning<NewPassword>): Promise<void> => {
    await parts.broker.putUser((await parts.keepsakes.read<UserKept>(step.id)).user);
    await configuration.undo(configureStep(step), on);
  };
  return {
    async apply(step, on) {
      const { user } = await parts.keepsakes.read<UserKept>(step.id);
      const password = on.given.newPassword;
      await parts.broker.putUser({ ...user, ...brokerHash(password) });
      const login = await configuredBroker(parts.properties);
      if (!(await isBrokerPassword({ ...login, user: user.name, password }))) throw notProven(user.name);
      await configuration.apply(configureStep(step), on);
    },
    undo: goBack,
    async settle(step, on) {
      const kept = await parts.keepsakes.find<UserKept>(step.id);
      if (kept === undefined) return 'not done';
      const now = await parts.broker.user(kept.user.name);
      if (now?.password_hash !== kept.user.password_hash) await goBack(step, on);
      return 'not done';
    },
  };
}

const configureStep = ({ id, key, words }: SetBrokerPassword): ConfigureAccount => ({
  type: 'services.configurePassword',
  id,
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
