import type { Places } from '../api/places.ts';
import type { Role } from '../api/role.ts';
import type { Words } from '../api/words.ts';
import type { Config } from '../node/system-settings/config.ts';
import type { Log } from '../system/log.ts';

export interface ControllerOptions {
  /** For one action only, without serving others. */
  alone?: boolean;
  places: Places;
  role: Role;
  version: string;
  config: Config;
  /** What of the node's own settings makes no sense, and what holds instead. */
  troubles: readonly Words[];
  log: Log;
}
