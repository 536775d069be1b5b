import { say, type Words } from '../../api/words.ts';
import { type Properties, readPropertiesOrNone } from '../../system/properties.ts';
import type { ServiceFact } from '../facts/schema.ts';
import { isHere } from '../network/here.ts';
import { brokerLogin, databaseLogin, furtherBrokers, type Login } from '../zstack/settings.ts';

/** Why the management service has no use for a server of this machine, by the server. */
export type Unused = Partial<Record<ServiceFact['key'], Words>>;

const OWN_STORE = say('not used, the service keeps its own store', '未使用，管理服务使用内嵌存储');
const OWN_MESSAGES = say('not used, messages stay in the service', '未使用，消息在管理服务内部传递');

/**
 * The servers that the management service does not use on this machine, by its settings. Settings that cannot be read
 * say nothing about them.
 * @param path of zstack.properties
 */
export async function unusedServers(path: string): Promise<Unused> {
  const properties = await readPropertiesOrNone(path).catch(() => undefined);
  if (properties === undefined) return {};
  return {
    ...found('database', properties, databaseLogin, OWN_STORE),
    ...(furtherBrokers(properties).some(isHere)
      ? {}
      : found('broker', properties, brokerLogin, OWN_MESSAGES)),
  };
}

function found(
  key: ServiceFact['key'],
  properties: Properties,
  read: (properties: Properties) => Login | undefined,
  own: Words,
): Unused {
  try {
    const login = read(properties);
    if (login === undefined) return { [key]: own };
    return isHere(login.host) ? {} : { [key]: elsewhere(login.host) };
  } catch {
    return {};
  }
}

const elsewhere = (host: string): Words =>
  say(`not used, the service goes to ${host}`, `未使用，管理服务连接 ${host}`);
