import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../../api/fault.ts';
import type { Executor } from '../../api/plan.ts';
import { Secret } from '../../api/secret-text.ts';
import { ensureFolder, readText, writeWhole } from '../../system/files.ts';
import { isBrokerPassword } from '../../system/rabbitmq.ts';
import { pinnedName } from '../../system/rabbitmq-name.ts';
import type { BrokerParts } from '../broker/apply.ts';
import { checkHostname } from '../broker/name.ts';
import { resetUser } from '../broker/reset.ts';
import { KEYS } from '../zstack/settings.ts';
import type { NameBroker, SetUpBroker } from './plan.ts';
import { newPassword, withSettings } from './settings.ts';
import { type Given, ONCE } from './step.ts';

export interface FirstBrokerParts extends Omit<BrokerParts, 'service'> {
  /** Folder of the broker's own settings, and the one of its data. */
  settings: string;
  data: string;
  /** Port of the server. */
  port: number;
}

const USER = 'zstack';
const HOST = '127.0.0.1';
const FILE_LIMIT = 64 * 1024;
const FILE_MODE = 0o644;

/**
 * The broker's data is kept under the name of its node, which is the host's unless it is pinned. Pinned at its first
 * start, it neither needs a hostname that resolves nor boots empty after another one was set.
 */
export const nameBroker = ({ settings, data }: FirstBrokerParts): Executor<NameBroker, Given> => ({
  ...ONCE,
  async apply() {
    if ((await pinnedName(settings)) !== undefined) return;
    // One that has run keeps the name that its data has.
    if (await hasData(data)) return checkHostname(settings);
    const path = `${settings}/rabbitmq-env.conf`;
    const text = (await readText(path, FILE_LIMIT)) ?? '';
    await ensureFolder(settings, 0o755);
    const end = text === '' || text.endsWith('\n') ? '' : '\n';
    await writeWhole(path, `${text}${end}NODENAME=rabbit@localhost\n`, FILE_MODE);
  },
});

const hasData = async (folder: string): Promise<boolean> =>
  (await readdir(folder).catch(() => [])).length > 0;

/** Gives the service a user of its own, and takes the one away whose password everybody knows. */
export const setUpBroker = (parts: FirstBrokerParts): Executor<SetUpBroker, Given> => ({
  ...ONCE,
  async apply() {
    await withSettings(parts.properties, {
      [KEYS.brokerHost]: parts.port === DEFAULT_PORT ? HOST : `${HOST}:${parts.port}`,
      [KEYS.brokerUser]: USER,
      [KEYS.brokerPassword]: newPassword(),
    });
    await onceItAnswers(() => resetUser(parts));
    const guest = { host: HOST, port: parts.port, user: GUEST, password: new Secret(GUEST) };
    if (await isBrokerPassword(guest)) await parts.broker.ask(['delete_user', '--quiet', GUEST]);
  },
});

/** Two minutes and more: a broker that has just been started may not answer yet, where there is much to do. */
const TRIES = 24;
const ASK_AGAIN_MILLISECONDS = 5_000;

/** Its unit has started: what does not reach it now is asked again. @param pause lets a time go by */
export async function onceItAnswers<T>(
  ask: () => Promise<T>,
  pause: (milliseconds: number) => Promise<unknown> = sleep,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask();
    } catch (thrown) {
      if (Fault.from(thrown).kind !== 'unavailable' || tries === TRIES) throw thrown;
      await pause(ASK_AGAIN_MILLISECONDS);
    }
  }
}

const DEFAULT_PORT = 5672;
const GUEST = 'guest';
