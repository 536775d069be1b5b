import { join } from 'node:path';

/** Where the node's own files are. Installed nodes use the system's folders, development runs one folder of the user's choice. */
export interface Places {
  /** The one folder of a development run. */
  dataDir?: string | undefined;
  /** Sockets and keys that end with the boot. */
  run: string;
  /** Journal, audit, lock-out counts: root only. */
  data: string;
  /** Head of the audit chain, apart from the records themselves. */
  auditHead: string;
  /** `role`, `node.ini`. */
  config: string;
  /** What the console, which has no privilege, keeps of each line. */
  console: string;
  controllerSocket: string;
  /** Why the controller ended by itself, as `Words`; absent while it serves. */
  controllerLastWords: string;
  guardSocket: string;
  /** Key that guard signs its tickets with and the controller checks them by. */
  guardKey: string;
}

/** @param dataDir the folder of a development run; undefined on an installed node. */
export function placesOf(dataDir?: string): Places {
  const run = dataDir === undefined ? '/run/zs-node' : join(dataDir, 'run');
  const data = dataDir === undefined ? '/var/lib/zs-node' : join(dataDir, 'data');
  return {
    dataDir,
    run,
    data,
    auditHead: dataDir === undefined ? '/var/lib/zs-node-audit' : join(dataDir, 'audit-head'),
    config: dataDir === undefined ? '/etc/zs-node' : join(dataDir, 'config'),
    console: dataDir === undefined ? '/var/lib/zs-console' : join(dataDir, 'console'),
    controllerSocket: join(run, 'controller.sock'),
    controllerLastWords: join(run, 'controller.ended'),
    guardSocket: join(run, 'guard.sock'),
    guardKey: join(run, 'guard.key'),
  };
}
