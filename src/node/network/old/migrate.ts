import { run } from '../../../system/exec.ts';
import { hasPlugin } from './import.ts';
import type { OldPlaces } from './places.ts';
import { asProblemText } from './problem.ts';
import { readOld } from './read.ts';

const ASK = { timeout: 10_000 };
const MOVE = { timeout: 60_000 };

/**
 * Where NetworkManager reads the old files itself and can turn them into profiles of its own, it does: nobody knows
 * better what it makes of them. It has to be running.
 * @returns what it said; undefined where there is nothing to do, or it cannot.
 */
export async function migrate(places: OldPlaces): Promise<string | undefined> {
  if (!(await hasPlugin(places))) return undefined;
  const names = [...(await readOld(places)).scripts.keys()];
  if (!names.some((name) => name.startsWith('ifcfg-') && name !== 'ifcfg-lo')) return undefined;
  const help = await run(['nmcli', 'connection', 'help'], ASK);
  if (!/^\s*migrate\b/m.test(help.stdout + help.stderr)) return undefined;
  const { stdout, stderr } = await run(['nmcli', 'connection', 'migrate'], MOVE);
  return asProblemText(stdout + stderr);
}
