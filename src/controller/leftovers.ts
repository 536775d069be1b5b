import { dirname, join } from 'node:path';
import type { Places } from '../api/places.ts';
import { timetableFolder } from '../node/backup/timetable.ts';
import { HOSTS } from '../node/system-settings/hosts.ts';
import { NTP_PLACES } from '../node/system-settings/ntp.ts';
import { layoutOf } from '../node/zstack/layout.ts';
import { diskTrouble, removeDrafts } from '../system/files.ts';
import type { Log } from '../system/log.ts';
import { bootMilliseconds } from '../system/posix.ts';

/** Takes away the drafts of files that a cut or a kill left half-written. Must run before the first change. */
export async function removeLeftovers(places: Places, log: Log): Promise<void> {
  const booted = Date.now() - bootMilliseconds();
  const tidy = (folder: string, before?: number) =>
    removeDrafts(folder, before).catch((error) => log(`leftovers in ${folder}: ${diskTrouble(error)}`));
  for (const folder of [places.auditHead, join(places.data, 'jobs'), join(places.data, 'journal')])
    await tidy(folder);
  // Guard, and programs of their own, write there as well: what is older than this boot has no writer any more.
  for (const folder of sharedFolders(places)) await tidy(folder, booted);
}

function sharedFolders({ data, config, dataDir }: Places): string[] {
  const { properties, licence, units, exports } = layoutOf(dataDir);
  const own = [join(data, 'guard'), join(data, 'backup-copy'), config, exports];
  const configured = [dirname(properties), dirname(licence), timetableFolder(units)];
  // A development run has nothing to do with the machine's own files.
  const machine = dataDir === undefined ? [HOSTS, ...Object.values(NTP_PLACES)].map(dirname) : [];
  return [...new Set([...own, ...configured, ...machine])];
}
