import { join } from 'node:path';

/** Folders of profiles: those that last, and those in memory (tmpfs). */
export const DISK_PROFILES = '/etc/NetworkManager/system-connections';
export const MEMORY_PROFILES = '/run/NetworkManager/system-connections';
/** systemd's files that name NICs. */
export const LINK_FILES = '/etc/systemd/network';

export interface NetworkPlaces {
  /** One folder for each kept state, `current` points to the last one. */
  kept: string;
  current: string;
  /** Number of the kept state that the system's own folders hold. */
  applied: string;
  /** Number of the kept state whose evidence held at a later boot. */
  proven: string;
  /** Changes that were taken back. */
  tries: string;
  /** What to take back to; there only while a change is open. */
  record: string;
  /** `node.ini` with the management setting. */
  nodeIni: string;
}

/** @param data the controller's data folder. @param config folder of node.ini. */
export function networkPlaces(data: string, config: string): NetworkPlaces {
  const folder = join(data, 'network');
  return {
    kept: join(folder, 'kept'),
    current: join(folder, 'current'),
    applied: join(folder, 'applied'),
    proven: join(folder, 'proven'),
    tries: join(folder, 'tries.json'),
    record: join(folder, 'record.json'),
    nodeIni: join(config, 'node.ini'),
  };
}
