import { z } from 'zod';
import { defineAction } from '../../api/action.ts';
import { say, type Words } from '../../api/words.ts';
import type { SettingsChanged } from '../change-settings/schema.ts';
import { hostProblem, versionOf } from '../network/change/schema/address.ts';

/** Where browsers reach the consoles of VMs when nothing else is set. */
export const CONSOLE_PROXY_PORT = 4900;
const ANY = '0.0.0.0';
const LEAST = 1024;
const MOST = 65_535;

/** Address and port as they are set; empty where nothing is. */
export interface ConsoleProxy {
  address: string;
  port: string;
}

/** The console proxy's address and port in zstack.properties. */
export const readConsoleProxy = defineAction<ConsoleProxy>()({
  name: 'consoleProxy.read',
  input: z.object({}),
  access: ['password'],
  lane: 'none',
});

const report = (context: z.core.$RefinementCtx, field: 'address' | 'port', words: Words): void =>
  context.addIssue({ code: 'custom', path: [field], message: words.en, params: { words } });

/**
 * Writes address and port, has the message queue's user made anew and restarts the management service with them. An
 * empty one, or the address 0.0.0.0, means the usual: the management address, port 4900; both empty is wrong.
 * A port that another program listens on: `conflict`, which names it.
 */
export const configureConsoleProxy = defineAction<SettingsChanged>()({
  name: 'consoleProxy.configure',
  input: z
    .object({ address: z.string().trim().default(''), port: z.coerce.string().trim().default('') })
    .superRefine(({ address, port }, context) => {
      if (address === '' && port === '')
        report(context, 'address', say('and port are both empty', '与端口均为空'));
      const problem = problemOf(address);
      if (problem !== undefined) report(context, 'address', problem);
      if (port !== '' && !isPort(port))
        report(
          context,
          'port',
          say(`is not a number from ${LEAST} to ${MOST}`, `不是 ${LEAST} 到 ${MOST} 的数字`),
        );
    }),
  access: ['password'],
  lane: 'services',
});

/** Browsers have to reach it. */
function problemOf(address: string): Words | undefined {
  if (address === '' || address === ANY) return undefined;
  if (versionOf(address) === undefined) return say('is not a valid IP address', '不是有效的 IP 地址');
  return hostProblem(address, versionOf(address) === 4 ? 32 : 128);
}

const isPort = (text: string): boolean =>
  /^[1-9]\d{0,4}$/.test(text) && Number(text) >= LEAST && Number(text) <= MOST;
