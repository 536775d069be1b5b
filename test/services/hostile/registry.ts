import type { Action } from '../../../src/api/action.ts';
import type { Places } from '../../../src/api/places.ts';
import type { Role } from '../../../src/api/role.ts';
import { Controller } from '../../../src/controller/controller.ts';
import { type GuardParts, guardActions } from '../../../src/guard/actions.ts';
import { readConfig } from '../../../src/node/system-settings/config.ts';

/** All that a controller of this role can be asked for. */
export async function actionsOf(role: Role, places: Places): Promise<Action[]> {
  const config = await readConfig(places.config);
  const options = { places, role, version: '0', config, troubles: [], log: () => {} };
  return new Controller(options).registry.actions;
}

/** All that guard can be asked for; asked here they would find nothing. */
export const guardsActions = (): Action[] => guardActions({} as GuardParts).map(({ action }) => action);
