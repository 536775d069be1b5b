import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Implementation, implement } from '../../api/action.ts';
import { bringBack, configure, saveCopy, settingsIn } from './configuration.ts';
import { configureManagement, restoreConfiguration, saveConfiguration, showConfiguration } from './schema.ts';

/** What `zstack-ctl` does with zstack.properties, at `path`. */
export function configurationActions(path: string): Implementation[] {
  const kept = join(homedir(), '.zstack');
  return [
    implement(showConfiguration, () => settingsIn(path)),
    implement(configureManagement, ({ settings }) => configure(path, settings)),
    implement(saveConfiguration, async ({ folder = kept }) => ({ path: await saveCopy(path, folder) })),
    implement(restoreConfiguration, ({ folder = kept }) => bringBack(path, folder)),
  ];
}
