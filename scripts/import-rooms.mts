import type { Import } from './import-circles.mts';

/**
 * Which rooms of `src/node` each room knows: `network` is all of it, `network/schema` its shapes and plans alone. The
 * shapes of the facts are the base, which all know; who does not stand here knows nothing else. The controller puts
 * together and the commands ask for everything, so they are bounded by `ROOMS` only.
 */
const KNOWS: Readonly<Record<string, readonly string[]>> = {
  'src/node/backup': ['database', 'network/schema', 'zstack'],
  'src/node/bare-metal': ['network/schema', 'system-settings/schema'],
  'src/node/broker': ['accounts', 'database/schema', 'zstack'],
  'src/node/change-address': [
    'broker',
    'change-settings/schema',
    'database',
    'network',
    'system-settings',
    'zstack',
  ],
  'src/node/change-settings': ['broker', 'network', 'zstack'],
  'src/node/cluster': ['follow/schema', 'network/schema'],
  'src/node/console-proxy': ['broker', 'change-settings', 'network/schema', 'zstack'],
  'src/node/database': ['accounts/schema', 'network', 'zstack'],
  'src/node/dhcp': ['network/schema'],
  'src/node/diagnose': [
    'backup',
    'licence',
    'logs',
    'network',
    'services',
    'storage',
    'system-settings',
    'zstack',
  ],
  'src/node/first-boot': ['backup', 'broker', 'database', 'network', 'services', 'zstack'],
  'src/node/hardware': ['facts'],
  'src/node/l2': ['network'],
  'src/node/image': ['storage'],
  'src/node/logs': ['backup', 'zstack'],
  'src/node/network': ['facts'],
  'src/node/reset': ['backup', 'broker', 'change-settings', 'system-settings', 'zstack'],
  'src/node/services': ['facts', 'network', 'zstack'],
  'src/node/storage': ['facts', 'zstack'],
  'src/node/system-settings': ['backup/schema', 'broker', 'network', 'zstack'],
  'src/node/vm': ['dhcp/schema', 'facts', 'storage'],
  'src/node/vm-screen': ['cluster', 'vm'],
  'src/node/volume': ['storage'],
  'src/node/zstack': ['accounts/schema'],
  'src/guard': ['power', 'system-settings'],
  'src/management': [
    'bare-metal/schema',
    'cluster/schema',
    'console-proxy/schema',
    'dhcp/schema',
    'follow/schema',
    'image/schema',
    'l2/schema',
    'storage/schema',
    'vm-screen/schema',
    'vm/schema',
    'volume/schema',
    'zstack',
  ],
  'screens/backup': ['backup/schema', 'logs/schema'],
  'screens/bare-metal': ['bare-metal/schema'],
  'screens/change-password': ['accounts/schema', 'broker/schema', 'database/schema'],
  'screens/collect-logs': ['logs/schema'],
  'screens/console-proxy': ['change-settings/schema', 'console-proxy/schema'],
  'screens/diagnose': ['diagnose/schema'],
  'screens/join': ['cluster/schema'],
  'screens/licence': ['licence/schema'],
  'screens/local-storage': ['storage/schema'],
  'screens/network': ['network/schema'],
  'screens/power': ['power/schema'],
  'screens/reset': ['reset/schema'],
  'screens/services': ['services/schema'],
  'screens/system-settings': ['system-settings/schema'],
  'screens/test-network': ['network/schema'],
  'screens/usb-stick': ['logs/schema'],
  'screens/view-logs': ['logs/schema'],
  'screens/vm': ['vm-screen/schema', 'vm/schema'],
};

const BASE = 'facts/schema';
const ROOM = /^(?:src\/node\/[^/]+|src\/(?:guard|management)|screens\/[^/]+)(?=\/)/;
const OF_NODE = /^src\/node\/([^/]+)\/(?:(?:.+\/)?(?:schema|plan)(?:\/.+)?\.ts$)?/;

const roomOf = (file: string): string | undefined => ROOM.exec(file)?.[0];

/** By which rows of the table one file may import another: undefined where both are in one room, or in none. */
function rowsFor([from, to]: Import): string[] | undefined {
  const room = roomOf(from);
  const [at = '', name] = OF_NODE.exec(to) ?? [];
  if (room === undefined || name === undefined || room === roomOf(to)) return undefined;
  return at === to ? [name, `${name}/schema`] : [name];
}

/** Why one file may not import another, or undefined. */
export function stranger(pair: Import): string | undefined {
  const rows = rowsFor(pair);
  const known = [BASE, ...(KNOWS[roomOf(pair[0]) ?? ''] ?? [])];
  if (rows === undefined || rows.some((row) => known.includes(row))) return undefined;
  return `${roomOf(pair[0])} does not know ${rows.join(' or ')} (scripts/import-rooms.mts)`;
}

/** What stands in the table and nobody needs. */
export function unneeded(imports: readonly Import[]): string[] {
  const needed = new Set(
    imports.flatMap((pair) => (rowsFor(pair) ?? []).map((row) => `${roomOf(pair[0])} ${row}`)),
  );
  return Object.entries(KNOWS)
    .flatMap(([room, known]) => known.map((row) => `${room} ${row}`))
    .filter((row) => !needed.has(row))
    .map((row) => `${row}: nothing needs that row (scripts/import-rooms.mts)`);
}
