import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from '../../../iso/build.mts';
import { makeRpms } from '../../../scripts/pack/rpm.mts';
import { baseImage, derivedImage, type Image } from '../../../scripts/vm/images.mts';
import { baseDvd } from '../../fakes/base-dvd.ts';
import { standIns } from '../../fakes/enterprise-linux.ts';
import { simCommand, simFiles } from '../../services/bare-metal/ipmi-sim.ts';
import { appliance } from './appliance.ts';
import type { Machine } from './machine.ts';
import { SLOT } from './qemu.ts';
import { until } from './wait.ts';

/** A management node that installs other machines: what it hands out, and the BMCs of those. */

export const LAN = '10.88.0.1';
export const BMC_PASSWORD = 'zqBmcWord1';
const BMC_PORTS = [6231, 6232];
const FIRST_BMC = '/opt/bmc';

/** What the package recommends for it, and BMCs to be switched. */
const PACKAGES = ['grub-common', 'grub-pc-bin', 'ipmitool', 'openipmi', 'openssl'];
const ADD = join(import.meta.dirname, '../../../scripts/vm/add.sh');

/** The disk of a management node that has all it needs to install machines. */
export async function pxeImage(): Promise<Image> {
  const given = { texts: PACKAGES, files: [ADD] };
  return derivedImage('pxe', await appliance('management'), given, (root) => [ADD, root, ...PACKAGES]);
}

/** An installation image of ours whose installer is a stand-in. @param out its file */
export async function pxeMedium(out: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'pxe-medium-'));
  const at = (name: string) => join(folder, name);
  try {
    const { kernel, disk } = await baseImage();
    execFileSync(join(import.meta.dirname, '../installer/initrd.sh'), [disk, at('initrd')], {
      stdio: 'pipe',
    });
    const packages = standIns(await makeRpms({ out: at('rpms'), level: 1 }));
    baseDvd(at('base.iso'), { generation: 9, packages, kernel, initrd: at('initrd') });
    await build({ base: at('base.iso'), out, packages: at('rpms'), label: 'OURS-9' });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Puts the image into the node, mounted where nodes keep their installation medium. */
export async function insertMedium(machine: Machine, image: string): Promise<void> {
  await machine.qmp.execute('blockdev-add', {
    driver: 'file',
    'node-name': 'medium',
    filename: image,
    'read-only': true,
  });
  await machine.qmp.execute('device_add', {
    driver: 'virtio-blk-pci',
    drive: 'medium',
    id: 'medium-slot',
    addr: `0x${SLOT.extraDisk.toString(16)}`,
  });
  await machine.shell(
    'until [ -b /dev/vdb ]; do sleep 0.2; done; mkdir -p /opt/zstack-dvd; mount -o ro /dev/vdb /opt/zstack-dvd',
  );
}

/** The BMC of another machine, as the node reaches it. */
export interface NodeBmc {
  port: number;
  /** What it was told so far, a line each, as `set power 1`. */
  told(): Promise<string[]>;
}

/** Starts BMCs in the node whose machines are on. */
export async function startBmcs(machine: Machine): Promise<NodeBmc[]> {
  const bmcs: NodeBmc[] = [];
  for (const port of BMC_PORTS) {
    const folder = `${FIRST_BMC}-${port}`;
    await machine.run(['mkdir', '-p', `${folder}/state`]);
    const files = simFiles(folder, port, { admin: BMC_PASSWORD });
    for (const [name, text] of Object.entries(files)) await machine.put(`${folder}/${name}`, text, '755');
    await machine.put(`${folder}/power`, '1\n');
    await machine.put(`${folder}/told`, '');
    const unit = ['systemd-run', '--quiet', `--unit=bmc-${port}`];
    await machine.run([...unit, ...simCommand(folder)]);
    const told = async () => (await machine.get(`${folder}/told`)).toString().trim().split('\n');
    bmcs.push({ port, told });
  }
  return bmcs;
}

/** Waits until a BMC was told something. */
export const toldBmc = (bmc: NodeBmc, order: string): Promise<unknown> =>
  until(`the BMC is told: ${order}`, async () => (await bmc.told()).includes(order) || undefined, {
    everyMs: 500,
  });
