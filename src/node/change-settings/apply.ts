import { dirname } from 'node:path';
import type { Run } from '../../api/action.ts';
import { type Executor, type Executors, type Kept, keepsake, type Returning } from '../../api/plan.ts';
import type { Words } from '../../api/words.ts';
import { ensureFolder } from '../../system/files.ts';
import { Properties, readPropertiesOrNone, writeProperties } from '../../system/properties.ts';
import type { BrokerUser } from '../../system/rabbitmq.ts';
import { restartAs, type Standing } from '../../system/service.ts';
import type { BrokerParts } from '../broker/apply.ts';
import { checkHostname } from '../broker/name.ts';
import { resetUser } from '../broker/reset.ts';
import { isHere } from '../network/here.ts';
import { brokerLogin } from '../zstack/settings.ts';
import {
  type ChangeSettings,
  type KeepSettings,
  type RenewBrokerUser,
  type SettingsStep,
  settingsPlan,
} from './plan.ts';
import type { SettingsChanged } from './schema.ts';

/** What a change of the settings goes back to. */
interface SettingsKept {
  properties: string;
  standing: Standing;
  /** The broker's user as it was; absent when there was none. */
  user?: BrokerUser;
}

const SETTINGS = keepsake<SettingsKept>('settings');

/** Made once: several features take these steps, by the same executors. */
export const settingsExecutors = (parts: BrokerParts): Executors<SettingsStep> => ({
  'services.keepSettings': keepSettings(parts),
  'broker.renewUser': renewBrokerUser(parts),
  'services.changeSettings': changeSettings(parts),
});

/**
 * Changes settings of the management service as a whole or not at all, its own broker's user included. Faults:
 * `conflict` while the hostname is one that the broker cannot work under, and those of broker and service.
 */
export async function applySettings(
  parts: BrokerParts,
  { carryOut }: Pick<Run<never, SettingsStep>, 'carryOut'>,
  title: Words,
  settings: Readonly<Record<string, string>>,
): Promise<SettingsChanged> {
  const broker = brokerLogin((await readPropertiesOrNone(parts.properties)).with(settings));
  const own = broker !== undefined && isHere(broker.host);
  if (own) await checkHostname();
  const standing = await parts.service.standing();
  await carryOut(settingsPlan({ title, settings, broker: own }));
  return {
    service: standing === 'stopped' ? 'not running' : 'restarted',
    broker: broker === undefined ? 'none' : own ? 'made anew' : 'elsewhere',
  };
}

const keepSettings = (parts: BrokerParts): Executor<KeepSettings> => ({
  async apply({ broker }, { kept }) {
    const properties = await readPropertiesOrNone(parts.properties);
    const name = brokerLogin(properties)?.user;
    const user = broker && name !== undefined ? await parts.broker.user(name) : undefined;
    await kept.keep(SETTINGS, {
      properties: properties.toString(),
      standing: await parts.service.standing(),
      ...(user === undefined ? {} : { user }),
    });
  },
  undo: async () => undefined,
  settle: async () => 'not done',
});

/** Has the password that it had: the configuration's. A user that was not there before does no harm. */
function renewBrokerUser(parts: BrokerParts): Executor<RenewBrokerUser> {
  const undo = async (_step: RenewBrokerUser, { kept }: Returning): Promise<void> => {
    const { user } = await kept.read(SETTINGS);
    if (user !== undefined) await parts.broker.putUser(user);
  };
  return {
    apply: async () => void (await resetUser(parts)),
    undo,
    async settle(step, on) {
      await undo(step, on);
      return 'not done';
    },
  };
}

function changeSettings(parts: BrokerParts): Executor<ChangeSettings> {
  return {
    async apply({ settings }, { kept }) {
      const { standing } = await kept.read(SETTINGS);
      await ensureFolder(dirname(parts.properties), 0o755);
      await writeProperties(parts.properties, (await readPropertiesOrNone(parts.properties)).with(settings));
      await restartAs(parts.service, standing);
    },
    undo: (_step, { kept }) => putSettingsBack(parts, kept),
    // Nobody can tell whether the service was restarted after the file was written: it goes back with the old one.
    async settle(_step, { kept }) {
      const { properties } = await kept.read(SETTINGS);
      const now = (await readPropertiesOrNone(parts.properties)).toString();
      if (now !== properties) await putSettingsBack(parts, kept);
      return 'not done';
    },
  };
}

/** The configuration as it was kept; a service that ran with it runs with it again. */
export async function putSettingsBack(parts: BrokerParts, kept: Kept): Promise<void> {
  const { properties, standing } = await kept.read(SETTINGS);
  await writeProperties(parts.properties, Properties.parse(properties));
  await restartAs(parts.service, standing);
}
