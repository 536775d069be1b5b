import { type FSWatcher, watch } from 'node:fs';
import { Refresher } from '../../system/refresher.ts';
import type { Board } from '../facts/board.ts';
import type { Supplier } from '../facts/supplier.ts';
import { DISK_PROFILES, type NetworkPlaces } from './change/places.ts';
import type { ManagementSetting } from './management-setting.ts';
import { missingNics } from './missing.ts';

/**
 * What is configured and not there: looked at whenever links or profiles changed, and at times where there was no folder
 * of profiles at the start.
 */
export function missingSupplier(
  board: Board,
  places: NetworkPlaces,
  setting: ManagementSetting,
): Supplier & { ask(): void } {
  const refresher = new Refresher(async () => {
    const management = await Promise.resolve()
      .then(setting)
      .catch(() => ({ managementNic: undefined }));
    // What cannot be looked at now is as it was.
    const found = await missingNics(places, management.managementNic).catch(() => board.facts.missing);
    board.set('missing', found);
  });
  const read = () => refresher.now();
  let watcher: FSWatcher | undefined;
  return {
    ask: () => refresher.ask(),
    start: () => {
      watcher = watched(() => refresher.ask());
      return read();
    },
    stop: () => {
      watcher?.close();
      refresher.close();
    },
    polls: [{ every: 15, read }],
  };
}

/** A profile is often written after its link is there. */
function watched(changed: () => void): FSWatcher | undefined {
  try {
    return watch(DISK_PROFILES, changed).on('error', () => {});
  } catch {
    return undefined;
  }
}
