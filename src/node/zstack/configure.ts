import type { Executor } from '../../api/plan.ts';
import { Properties, readProperties, writeProperties } from '../../system/properties.ts';
import { restartAs, type Service, type Standing } from '../../system/service.ts';
import type { NewPassword } from '../accounts/plan.ts';
import type { Keepsakes } from './keepsakes.ts';
import type { ConfigureAccount } from './plan.ts';

/** The configuration before a change, and how the service stood. */
export interface ConfigurationKept {
  properties: string;
  standing: Standing;
}

export interface ConfigureParts {
  keepsakes: Keepsakes;
  properties: string;
  service: Service;
}

/** Reads what `configurePassword` needs to go back. */
export async function keepConfiguration(path: string, service: Service): Promise<ConfigurationKept> {
  return { properties: (await readProperties(path)).toString(), standing: await service.standing() };
}

export const configurePassword = (parts: ConfigureParts): Executor<ConfigureAccount, NewPassword> => ({
  async apply({ id, key }, { given }) {
    const { standing } = await parts.keepsakes.read<ConfigurationKept>(id);
    const properties = await readProperties(parts.properties);
    await writeProperties(parts.properties, properties.with({ [key]: given.newPassword.reveal() }));
    await restartAs(parts.service, standing);
  },
  undo: ({ id }) => putBack(parts, id),
  // Nobody can tell whether the service was restarted after the file was written: it goes back with the old one.
  async settle({ id }) {
    const kept = await parts.keepsakes.find<ConfigurationKept>(id);
    if (kept === undefined) return 'not done';
    const now = (await readProperties(parts.properties)).toString();
    if (now !== kept.properties) await putBack(parts, id);
    return 'not done';
  },
});

async function putBack({ keepsakes, properties: path, service }: ConfigureParts, id: string): Promise<void> {
  const { properties, standing } = await keepsakes.read<ConfigurationKept>(id);
  await writeProperties(path, Properties.parse(properties));
  await restartAs(service, standing);
}
