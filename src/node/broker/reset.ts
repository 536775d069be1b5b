import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { brokerHash, isBrokerPassword } from '../../system/rabbitmq.ts';
import { type BrokerParts, configuredBroker } from './apply.ts';

const TAGS = ['administrator'];
const EVERYTHING = '.*';

/** Gives the broker the service's user as the configuration has it, and proves it by logging in. */
export async function resetUser({
  broker,
  properties,
}: Pick<BrokerParts, 'broker' | 'properties'>): Promise<{ user: string }> {
  const login = await configuredBroker(properties);
  const { user, password } = login;
  if (password === undefined) throw noPassword();
  await broker.putUser({ name: user, tags: TAGS, ...brokerHash(password) });
  await broker.ask(['set_permissions', '--quiet', '-p', '/', user, EVERYTHING, EVERYTHING, EVERYTHING]);
  if (!(await isBrokerPassword({ ...login, password }))) throw notProven(user);
  return { user };
}

const noPassword = (): Fault =>
  new Fault(
    'conflict',
    say(
      'CloudBus.rabbitmqPassword is not set in zstack.properties',
      'zstack.properties 未设置 CloudBus.rabbitmqPassword',
    ),
  );
const notProven = (user: string): Fault =>
  new Fault('failed', say(`RabbitMQ still refuses ${user}`, `RabbitMQ 仍拒绝 ${user}`));
