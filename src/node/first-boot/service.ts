import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Fault } from '../../api/fault.ts';
import type { Executor } from '../../api/plan.ts';
import { say } from '../../api/words.ts';
import { syncFolder } from '../../system/files.ts';
import { readPropertiesOrNone } from '../../system/properties.ts';
import type { Service } from '../../system/service.ts';
import type { ManagementStatus } from '../services/schema/management.ts';
import { brokerLogin, databaseLogin, KEYS } from '../zstack/settings.ts';
import type { Done, StartService } from './plan.ts';
import { withSettings } from './settings.ts';
import { type Given, ONCE } from './step.ts';
import type { FirstUnits } from './units.ts';

export interface FirstServiceParts {
  properties: string;
  service: Service;
  units: FirstUnits;
  /** By which hosts and people reach this node. */
  address(): Promise<string | undefined>;
  /** What the service says of itself now. */
  status(): Promise<ManagementStatus>;
}

const UNITS = ['zs-management.service', 'zs-backup.timer', 'zs-cli.service'];

/** Starts the service with what was set up, and asks it whether it works with that. */
export const startService = (parts: FirstServiceParts): Executor<StartService, Given> => ({
  ...ONCE,
  async apply() {
    const address = await parts.address();
    if (address !== undefined) await withSettings(parts.properties, { [KEYS.managementAddress]: address });
    const wanted = await enginesIn(parts.properties);
    await parts.units.enable(UNITS);
    // One that runs since before the settings were written knows nothing of them.
    if ((await parts.status()).detail !== wanted) await parts.service.restart();
    const { management, detail } = await parts.status();
    if (management.state === 'Running' && detail === wanted) return;
    throw notRunning(management.why?.en ?? `${management.state}, ${detail}`);
  },
});

async function enginesIn(path: string): Promise<string> {
  const properties = await readPropertiesOrNone(path);
  const store = databaseLogin(properties) === undefined ? 'embedded' : 'MariaDB';
  const messages = brokerLogin(properties) === undefined ? 'in-process' : 'RabbitMQ';
  return `${store} store, ${messages} messages`;
}

const notRunning = (why: string): Fault =>
  new Fault('failed', say(`the management service does not work: ${why}`, `管理服务无法工作：${why}`), {
    next: say('its last words: journalctl -u zs-management', '查看日志：journalctl -u zs-management'),
  });

/** @param marker the file that has each boot begin it */
export const done = (marker: string): Executor<Done, Given> => ({
  ...ONCE,
  async apply() {
    await rm(marker, { force: true });
    await syncFolder(dirname(marker));
  },
});
