import { isIPv6 } from 'node:net';
import { Fault } from '../../api/fault.ts';
import { hostAndPort } from '../../api/host.ts';
import { PORTS } from '../../api/ports.ts';
import { Secret } from '../../api/secret-text.ts';
import { say } from '../../api/words.ts';
import type { Properties } from '../../system/properties.ts';

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
  linkPort: 'ClusterLink.port',
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
  const [, at = ''] = /^(?:jdbc:)?(?:mysql|mariadb):\/\/([^/?,]+)/.exec(url) ?? [];
  const parsed = hostAndPort(at);
  if (parsed === undefined) {
    throw new Fault(
      'failed',
      say('DB.url is no jdbc:mysql://HOST:PORT', 'DB.url 不是 jdbc:mysql://主机:端口 的形式'),
    );
  }
  if (mayHavePort(at)) throw whichIsPort(at);
  return login(
    { host: parsed.host, port: parsed.port ?? PORTS.database },
    properties.get(KEYS.databaseUser),
    properties.get(KEYS.databasePassword),
  );
}

/** The broker that is configured; undefined when messages stay in the process. */
export function brokerLogin(properties: Properties): Login | undefined {
  const address = properties.get(KEYS.brokerHost) ?? '';
  if (address === '') return undefined;
  const { host, port } = hostAndPort(address) ?? { host: address };
  return login(
    { host, port: port ?? PORTS.broker },
    properties.get(KEYS.brokerUser),
    properties.get(KEYS.brokerPassword),
  );
}

/** Hosts of the further brokers that the service may go to, `CloudBus.serverIp.1` and on. */
export const furtherBrokers = (properties: Properties): string[] =>
  properties
    .entries()
    .flatMap(([key, address]) =>
      FURTHER_BROKER.test(key) && address !== '' ? [hostAndPort(address)?.host ?? address] : [],
    );

const FURTHER_BROKER = /^CloudBus\.serverIp\.[1-9]\d*$/;

/** An IPv6 address without brackets that would be one as well without its end, which looks like a port. */
const mayHavePort = (at: string): boolean => isIPv6(at) && /:\d{4}$/.test(at) && isIPv6(at.slice(0, -5));

const whichIsPort = (at: string): Fault =>
  new Fault(
    'failed',
    say(
      `DB.url: whether the end of ${at} is a port cannot be told`,
      `DB.url：无法判断 ${at} 的末尾是否为端口`,
    ),
    { next: say('write the address in brackets: [ADDRESS]:PORT', '请用方括号写地址：[地址]:端口') },
  );

function login(
  where: { host: string; port: number },
  user = ACCOUNT,
  password: string | undefined = undefined,
): Login {
  return { ...where, user, ...(password === undefined ? {} : { password: new Secret(password) }) };
}

/** Port that hosts connect to. Throws `failed` for what is no port. */
export function linkPort(properties: Properties): number {
  const text = properties.get(KEYS.linkPort) ?? '';
  if (text === '') return PORTS.link;
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new Fault(
    'failed',
    say(
      `${KEYS.linkPort} in zstack.properties is no port: ${text}`,
      `zstack.properties 中的 ${KEYS.linkPort} 不是端口：${text}`,
    ),
  );
}
