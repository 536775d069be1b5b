import { Refresher } from '../../system/refresher.ts';
import type { Board } from '../facts/board.ts';
import type { Supplier } from '../facts/supplier.ts';
import type { NetworkPlaces } from './change/places.ts';
import type { ManagementSetting } from './management-setting.ts';
import { missingNics } from './missing.ts';

/** What is configured and not there: looked at whenever the links changed, and at times for what was configured. */
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
  return {
    ask: () => refresher.ask(),
    start: read,
    stop: () => refresher.close(),
    polls: [{ every: 15, read }],
  };
}
