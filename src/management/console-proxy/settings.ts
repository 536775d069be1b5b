import { CONSOLE_PROXY_PORT } from '../../node/console-proxy/schema.ts';
import { KEYS } from '../../node/zstack/settings.ts';
import type { Log } from '../../system/log.ts';
import type { Properties } from '../../system/properties.ts';

export interface ConsoleSettings {
  /** Where browsers reach it, if not at the management address. */
  readonly overriddenIp: string | undefined;
  readonly port: number;
}

const MOST_PORT = 65_535;

/** Where the consoles of VMs are, by zstack.properties. A port that is none is said, and the usual one taken. */
export function consoleSettings(properties: Properties, log: Log): ConsoleSettings {
  const given = properties.get(KEYS.consoleAddress) ?? '';
  return {
    overriddenIp: given === '' || given === '0.0.0.0' ? undefined : given,
    port: portOf(properties.get(KEYS.consolePort) ?? '', log),
  };
}

function portOf(text: string, log: Log): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port > 0 && port <= MOST_PORT) return port;
  if (text !== '') log(`${KEYS.consolePort} is no port: ${text}; ${CONSOLE_PROXY_PORT} is taken`);
  return CONSOLE_PROXY_PORT;
}
