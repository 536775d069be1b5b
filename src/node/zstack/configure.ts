import { type Executor, type Kept, keepsake } from '../../api/plan.ts';
import { Properties, readProperties, writeProperties } from '../../system/properties.ts';
import { restartAs, type Service, type Standing } from '../../system/service.ts';
import type { NewPassword } from '../accounts/plan.ts';
import type { ConfigureAccount } from './plan.ts';

export interface ConfigureParts {
  /** Path of zstack.properties. */
  properties: string;
  service: Service;
}

/** The configuration before a change, and how the service stood. */
const CONFIGURATION = keepsake<{ properties: string; standing: Standing }>('configuration');

/** Keeps what `configurePassword` needs to go back. */
export async function keepConfiguration({ properties, service }: ConfigureParts, kept: Kept): Promise<void> {
  const text = (await readProperties(properties)).toString();
  await kept.keep(CONFIGURATION, { properties: text, standing: await service.standing() });
}

export const configurePassword = (parts: ConfigureParts): Executor<ConfigureAccount, NewPassword> => ({
  async apply({ key }, { given, kept }) {
    const { standing } = await kept.read(CONFIGURATION);
    const properties = await readProperties(parts.properties);
    await writeProperties(parts.properties, properties.with({ [key]: given.newPassword.reveal() }));
    await restartAs(parts.service, standing);
  },
  undo: (_step, { kept }) => putBack(parts, kept),
  // Nobody can tell whether the service was restarted after the file was written: it goes back with the old one.
  async settle(_step, { kept }) {
    const before = await kept.find(CONFIGURATION);
    if (before === undefined) return 'not done';
    const now = (await readProperties(parts.properties)).toString();
    if (now !== before.properties) await putBack(parts, kept);
    return 'not done';
  },
});

async function putBack({ properties: path, service }: ConfigureParts, kept: Kept): Promise<void> {
  const { properties, standing } = await kept.read(CONFIGURATION);
  await writeProperties(path, Properties.parse(properties));
  await restartAs(service, standing);
}
