import { mustRun } from '../../../system/exec.ts';
import { isSystemdRunning } from '../../../system/systemctl.ts';

const MILLISECONDS = 30_000;
/** Where systemd keeps the units that it makes of fstab. */
const OF_FSTAB = '/run/systemd/generator/';

/**
 * The file of a unit, or of an addition to one, by which somebody else than fstab mounts a folder; also of one that
 * mounts it only when it is looked into. Undefined: there is none.
 */
export async function otherUnit(path: string): Promise<string | undefined> {
  if (!isSystemdRunning()) return undefined;
  const argv = ['systemd-escape', '--path', '--', path];
  const name = (await mustRun(argv, { timeout: MILLISECONDS })).trim();
  const units = [`${name}.mount`, `${name}.automount`];
  const show = ['systemctl', 'show', '--property=FragmentPath,DropInPaths', '--', ...units];
  const told = await mustRun(show, { timeout: MILLISECONDS });
  const files = told.split('\n').flatMap((line) => line.replace(/^\w+=/, '').split(' '));
  return files.find((file) => file !== '' && !file.startsWith(OF_FSTAB));
}
