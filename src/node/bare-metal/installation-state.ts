import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { InstallationState } from './schema/install.ts';

/** How far an installation is, as the machine itself told. @param marks folder of what the PXE service writes down */
export function installationState(marks: string, token: string): InstallationState {
  if (existsSync(join(marks, `${token}.done`))) return 'installed';
  return existsSync(join(marks, `${token}.begun`)) ? 'installing' : 'waiting';
}
