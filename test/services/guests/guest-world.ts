import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tinyGuest } from '../../../scripts/vm/tiny-guest.mts';
import type { Connection } from '../../../src/api/client.ts';
import { setDhcp } from '../../../src/node/dhcp/schema.ts';
import { ensureL2 } from '../../../src/node/l2/schema.ts';
import { connectStorage } from '../../../src/node/storage/local/schema.ts';
import { createVolume } from '../../../src/node/volume/schema.ts';
import { LibvirtDaemon } from '../facts/libvirt-daemon.ts';
import { NetworkWorld } from '../network-world.ts';

/** Resources of the cloud, by the uuids that orders name them by. */
const id = (digit: string): string => digit.repeat(32);
export const [STORAGE, IMAGE, L2, L3, VM] = ['5', '6', '2', '3', '7'].map(id) as [
  string,
  string,
  string,
  string,
  string,
];
export const MAC = '52:54:00:12:34:56';
export const ADDRESS = '198.51.100.9';

const MEBIBYTE = 2 ** 20;

/** A node with a real NetworkManager, libvirtd and controller, and a tiny guest's image in its cache. */
export class GuestWorld {
  readonly network: NetworkWorld;
  readonly libvirt: LibvirtDaemon;

  private constructor(network: NetworkWorld) {
    this.network = network;
    this.libvirt = new LibvirtDaemon(network.enter);
  }

  static async start(): Promise<GuestWorld> {
    const network = await NetworkWorld.start({ nics: 2 });
    const world = new GuestWorld(network);
    await world.libvirt.start();
    const cache = join(world.storage, 'imagecache');
    mkdirSync(cache, { recursive: true });
    copyFileSync((await tinyGuest()).disk, join(cache, `${IMAGE}.qcow2`));
    await network.startController();
    return world;
  }

  get storage(): string {
    return join(this.network.folder, 'storage');
  }

  /** The process of the DHCP server of L3; undefined where its file names none that lives. */
  async dhcpServer(): Promise<string | undefined> {
    const pid = join(this.network.folder, 'data/run/dhcp', L3, 'pid');
    if (!existsSync(pid)) return undefined;
    const number = readFileSync(pid, 'utf8').trim();
    return existsSync(`/proc/${number}`) ? number : undefined;
  }

  async end(): Promise<void> {
    const server = await this.dhcpServer();
    if (server !== undefined) process.kill(Number(server), 'SIGKILL');
    await this.libvirt.end();
    await this.network.end();
  }
}

export const definition = (change: object = {}) => ({
  name: 'tiny <&> "一号"',
  cpuNum: 1,
  memorySize: 128 * MEBIBYTE,
  volumes: [{ volume: VM, storage: STORAGE }],
  nics: [{ mac: MAC, l2: L2 }],
  ...change,
});

export const DHCP = {
  l3: L3,
  l2: L2,
  server: '198.51.100.2',
  prefix: 24,
  gateway: '198.51.100.1',
  dns: ['198.51.100.53'],
  lease: { mac: MAC, ip: ADDRESS, hostname: 'tiny' },
};

/** All that a guest stands on: storage, root volume, bridge and DHCP. */
export async function prepare(connection: Connection, world: GuestWorld): Promise<void> {
  await connection.call(connectStorage, { storage: STORAGE, path: world.storage });
  await connection.call(createVolume, {
    storage: STORAGE,
    volume: VM,
    image: IMAGE,
    size: 64 * MEBIBYTE,
  });
  await connection.call(ensureL2, { l2: L2, nic: 'em02' });
  await connection.call(setDhcp, DHCP);
}
