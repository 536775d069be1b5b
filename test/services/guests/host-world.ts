import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { LibvirtDaemon } from '../facts/libvirt-daemon.ts';
import { NetworkWorld } from '../network-world.ts';

/** Where each machine has a disk of its own. */
export const DISK = '/media';

const OPTIONS = { nics: 2, nodeIni: 'management_nic = em01\n', node: 1 };

/** Another machine on a management node's wire, with a NetworkManager, libvirtd and controller of its own. */
export class HostWorld {
  network: NetworkWorld;
  libvirt: LibvirtDaemon;

  private constructor(network: NetworkWorld) {
    this.network = network;
    this.libvirt = new LibvirtDaemon(network.enter);
  }

  /** @param wire whose switch it is plugged into */
  static async start(wire: NetworkWorld, address: string): Promise<HostWorld> {
    const world = await HostWorld.alone(address);
    await world.network.joinSwitch(wire);
    return world;
  }

  /** On a wire of its own. */
  static async alone(address: string): Promise<HostWorld> {
    const world = new HostWorld(await NetworkWorld.start(OPTIONS));
    await world.#comesUp();
    await addressed(world.network, address);
    return world;
  }

  async #comesUp(): Promise<void> {
    await withDisk(this.network);
    await this.libvirt.start();
    await this.network.startController();
  }

  /** The power goes and comes back. */
  async powerCycle(wire: NetworkWorld): Promise<void> {
    const { folder } = this.network;
    await this.network.powerCut();
    this.network = await NetworkWorld.start({ ...OPTIONS, folder });
    this.libvirt = new LibvirtDaemon(this.network.enter, this.libvirt.folder);
    await this.network.joinSwitch(wire);
    await this.#comesUp();
  }

  async end(): Promise<void> {
    await this.libvirt.end();
    await this.network.end();
  }
}

export async function withDisk(network: NetworkWorld): Promise<void> {
  const disk = join(network.folder, 'disk');
  mkdirSync(disk, { recursive: true });
  await network.inside('mount', '--bind', disk, DISK);
}

/** em01 gets this address, for good. */
export async function addressed(network: NetworkWorld, address: string): Promise<void> {
  const ipv4 = ['ipv4.method', 'manual', 'ipv4.addresses', `${address}/24`, 'ipv6.method', 'disabled'];
  await network.inside(
    'nmcli',
    'c',
    'add',
    'type',
    'ethernet',
    'con-name',
    'em01',
    'ifname',
    'em01',
    ...ipv4,
  );
}
