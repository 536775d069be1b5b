import { implement } from '../../api/action.ts';
import { Fault } from '../../api/fault.ts';
import { type Feature, feature } from '../../api/feature.ts';
import type { Executors } from '../../api/plan.ts';
import { say } from '../../api/words.ts';
import { holderOf, listening, MANAGEMENT_PROCESS } from '../../system/ports.ts';
import { readPropertiesOrNone } from '../../system/properties.ts';
import type { BrokerParts } from '../broker/apply.ts';
import { applySettings } from '../change-settings/apply.ts';
import type { SettingsStep } from '../change-settings/plan.ts';
import { canonical } from '../network/change/schema/address.ts';
import { KEYS } from '../zstack/settings.ts';
import { configureConsoleProxy, readConsoleProxy } from './schema.ts';

const TITLE = say('configure the console proxy', '配置控制台代理');

/** Where browsers reach the consoles of VMs. */
export const consoleProxyFeature = (parts: BrokerParts, executors: Executors<SettingsStep>): Feature =>
  feature<SettingsStep>({
    actions: [
      implement(readConsoleProxy, async () => {
        const properties = await readPropertiesOrNone(parts.properties);
        return {
          address: properties.get(KEYS.consoleAddress) ?? '',
          port: properties.get(KEYS.consolePort) ?? '',
        };
      }),
      implement(configureConsoleProxy, async ({ address, port }, run) => {
        if (port !== '') await checkFree(Number(port));
        const settings = { [KEYS.consoleAddress]: canonical(address), [KEYS.consolePort]: port };
        return applySettings(parts, run, TITLE, settings);
      }),
    ],
    executors,
  });

async function checkFree(port: number): Promise<void> {
  const holder = holderOf(await listening(), port);
  if (holder === undefined || MANAGEMENT_PROCESS.test(holder)) return;
  throw new Fault('conflict', say(`${port} is in use by ${holder}`, `${port} 已被 ${holder} 占用`), {
    field: 'port',
    next: say('choose another one, or end that program', '请换一个端口，或结束该程序'),
  });
}
