import { Fault } from '../../api/fault.ts';
import { Secret } from '../../api/secret-text.ts';
import { say } from '../../api/words.ts';
import type { Properties } from '../../system/properties.ts';

const DATABASE_PORT = 3306;
const BROKER_PORT = 5672;
const ACCOUNT = 'zstack';

/** Keys of zstack.properties. */
export const KEYS = {
  databaseUrl: 'DB.url',
  databaseUser: 'DB.user',
  databasePassword: 'DB.password',
  brokerHost: 'CloudBus.serverIp.0',
  brokerUser: 'CloudBus.rabbitmqUsername',
  brokerPassword: 'CloudBus.rabbitmqPassword',
  managementAddress: 'management.server.ip',
  consoleAddress: 'consoleProxyOverriddenIp',
  consolePort: 'consoleProxyPort',
} as const;

/** A server that the management service logs in to. */
export interface Login {
  host: string;
  port: number;
  user: string;
  password?: Secret;
}

/** The database that is configured; undefined when the service keeps its data in the embedded store. Throws `failed`. */
export function databaseLogin(properties: Properties): Login | undefined {
  const url = properties.get(KEYS.databaseUrl) ?? '';
  if (url === '') return undefined;
  const parsed = /^(?:jdbc:)?(?:mysql|mariadb):\/\/(\[[^\]]+\]|[^:/?]+)(?::(\d+))?/.exec(url);
  if (parsed === null) {
    throw new Fault(
      'failed',
      say('DB.url is no jdbc:mysql://HOST:PORT', 'DB.url 不是 jdbc:mysql://主机:端口 的形式'),
    );
  }
  return login(
    { host: (parsed[1] ?? '').replace(/^\[|\]$/g, ''), port: Number(parsed[2] ?? DATABASE_PORT) },
    properties.get(KEYS.databaseUser),
    properties.get(KEYS.databasePassword),
  );
}

/** The broker that is configured; undefined when messages stay in the process. */
export function brokerLogin(properties: Properties): Login | undefined {
  const address = properties.get(KEYS.brokerHost) ?? '';
  if (address === '') return undefined;
  const [, host = '', port] = /^(.*?)(?::(\d+))?$/.exec(address) ?? [];
  return login(
    { host, port: Number(port ?? BROKER_PORT) },
    properties.get(KEYS.brokerUser),
    properties.get(KEYS.brokerPassword),
  );
}

function login(
  where: { host: string; port: number },
  user = ACCOUNT,
  password: string | undefined = undefined,
): Login {
  return { ...where, user, ...(password === undefined ? {} : { password: new Secret(password) }) };
}
