import { bootId } from '../../../system/boot.ts';
import type { NetworkManager } from '../../../system/networkmanager/manager.ts';
import type { Followers } from './follow.ts';
import { applyKept, currentId, dropDrafts, dropKept, readKept } from './kept.ts';
import type { NetworkPlaces } from './places.ts';
import { dropRecord, loadRecord, type StateRecord } from './record.ts';
import { returning } from './returning.ts';
import { bringFilesTo, bringTo, takeBack } from './take-back.ts';

type Open = () => Promise<NetworkManager>;

/**
 * Ends the keeping that a crash cut off: it counts from the moment on when the new state became the kept one.
 * Answers whether it did.
 */
export async function finishKeeping(places: NetworkPlaces, open: Open, id: number): Promise<boolean> {
  if ((await currentId(places)) !== id) return false;
  const record = await loadRecord(places.record);
  // Their room may be all that there is on a full disk.
  await dropDrafts(places, record?.boot !== bootId());
  await applyKept(places);
  if (record?.boot === bootId()) await goForward(places, open, record);
  await dropRecord(places.record);
  return true;
}

/** What is in memory, and what NetworkManager perhaps took back meanwhile, follows the disk. */
async function goForward(places: NetworkPlaces, open: Open, { id, checkpoint }: StateRecord): Promise<void> {
  const live = (await readKept(places, id))?.live;
  if (live === undefined) return;
  const manager = await returning(open);
  if (manager === undefined) return bringFilesTo(live);
  if (checkpoint !== undefined) await manager.destroyCheckpoint(checkpoint).catch(() => {});
  await manager.reloadProfiles();
  await bringTo(manager, live);
}

/** Takes back what this change did, if there is still something of it: the network first, then who followed it. */
export async function takeBackTo(
  places: NetworkPlaces,
  open: Open,
  record: StateRecord,
  followers: Followers,
): Promise<void> {
  // After a reboot memory is empty and the disk holds the kept state: there is nothing to take back.
  if (record.boot === bootId()) await takeBackLive(open, record);
  if (record.following !== undefined) await followers.undo(record.following);
  await dropKept(places, record.id);
  await dropDrafts(places, record.boot !== bootId());
  await dropRecord(places.record);
}

async function takeBackLive(open: Open, record: StateRecord): Promise<void> {
  const manager = await returning(open);
  if (manager === undefined) return bringFilesTo(record);
  await takeBack(manager, record);
}
