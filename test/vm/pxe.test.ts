import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import type { Machine } from './driver/machine.ts';
import { type Lab, machineTest } from './driver/machine-test.ts';
import { enter } from './driver/management.ts';
import { type Firmware, Pc } from './driver/pc.ts';
import { choose, MENU, seeFigures, unlock } from './driver/person.ts';
import {
  BMC_PASSWORD,
  insertMedium,
  LAN,
  type NodeBmc,
  pxeImage,
  pxeMedium,
  startBmcs,
  toldBmc,
} from './driver/pxe.ts';
import type { Switch } from './driver/switch.ts';
import { until } from './driver/wait.ts';

const ROOT = 'zqRootWord1';
const folder = mkdtempSync(join(tmpdir(), 'pxe-boot-'));
const medium = join(folder, 'medium.iso');
const LIMIT = 300_000;

beforeAll(() => pxeMedium(medium));
afterAll(() => rmSync(folder, { recursive: true }));

/** A management node of 80x25 with a second NIC on that wire, and another DHCP server there, which can be turned off. */
async function installerNode(lab: Lab, wire: Switch): Promise<Machine> {
  const node = await lab.boot(await pxeImage(), { name: 'node', append: 'nomodeset' });
  await node.agent.ready();
  // A busy machine that is still starting does not answer keys in time.
  await node.attempt(['systemctl', 'is-system-running', '--wait'], { limitMs: LIMIT });
  await insertMedium(node, medium);
  await node.plug(wire.port());
  await node.plug(wire.port());
  await node.shell(
    `until [ -e /sys/class/net/ens17 ]; do sleep 0.2; done
ip netns add other
ip link set ens17 netns other
ip -n other addr add 10.88.0.9/24 dev ens17
ip -n other link set ens17 up
nmcli -t c add type ethernet con-name ens16 ifname ens16 ipv4.method manual ipv4.addresses ${LAN}/24 ipv6.method disabled
nmcli -w 60 c up ens16
systemd-run --quiet --unit=other-dhcp ip netns exec other dnsmasq -k -C /dev/null --port=0 --interface=ens17 --bind-interfaces --user=root --dhcp-range=10.88.0.50,10.88.0.60 --pid-file= --dhcp-leasefile=/run/other-leases`,
    { limitMs: LIMIT },
  );
  return node;
}

/** Has the service be started on the NIC of the machines, chosen from the list. */
async function start(node: Machine): Promise<void> {
  await node.keyboard.press('f3');
  await node.screen.see(/Refused while another DHCP server/);
  await node.keyboard.press('f4');
  await node.screen.see(/ens16 +10\.88\.0\.1/);
  await choose(node, 'ens16');
  await node.screen.see(/NIC +ens16/);
  await node.keyboard.press('ret');
}

interface Second {
  pc: Pc;
  mac: string;
  name: string;
  firmware: Firmware;
  bmc: NodeBmc;
}

/** Adds the machine that asks, by its BMC, and has it installed, by keyboard. */
async function installByKeyboard(node: Machine, { mac, name, firmware, bmc }: Second): Promise<void> {
  const { keyboard, screen } = node;
  await screen.see(new RegExp(`${mac} +asked to start from the network at .*${firmware}`));
  await choose(node, mac);
  await screen.see(/Add a machine/);
  await screen.see(new RegExp(`that asked with ${mac} \\(${firmware}\\)`));
  await keyboard.type(`${name}\t\t127.0.0.1\t${bmc.port}\tadmin\t${BMC_PASSWORD}`);
  await keyboard.press('ret');
  await screen.see(new RegExp(`Install ${name} over the network`));
  await screen.see(new RegExp(`NICs \\(MAC\\) +${mac}`));
  await keyboard.type(`\t\t\t\t\t\t\t\t${ROOT}\t${ROOT}`);
  await keyboard.press('ret');
  await screen.see(/ALL ITS DISKS ARE WIPED/);
  await keyboard.type(`${name}\n`);
  await screen.see(new RegExp(`${name} .*${firmware} +to be installed \\(compute\\)`));
  await toldBmc(bmc, 'set reset 1');
  expect(await bmc.told()).toContain('set boot pxe');
}

/** The second machine finds all that an installer needs, over the wire, and says so on its serial line. */
async function installsItself({ pc, mac }: Second): Promise<void> {
  await pc.reset();
  const said = await pc.see(/INSTALLER end/, LIMIT * 2);
  expect(said).toMatch(new RegExp(`INSTALLER options=.*BOOTIF=01-${mac.replaceAll(':', '-')}`));
  expect(said).toMatch(/INSTALLER address=10\.88\.0\.\d+\/\S+ router=none/);
  for (const line of [
    'zerombr',
    'clearpart --all',
    'rootpw --iscrypted $6$',
    `url --url=http://${LAN}:8092/medium`,
  ])
    expect(said).toContain(`INSTALLER kickstart: ${line}`);
  for (const place of [
    '.treeinfo',
    'images/install.img',
    'BaseOS/repodata/repomd.xml',
    'ZSNode/repodata/repomd.xml',
  ])
    expect(said).toContain(`INSTALLER has=${place} ${sumOf(place)}\n`);
  expect(said).toContain('INSTALLER told\n');
}

/** Of a file of the medium. */
function sumOf(place: string): string {
  const out = join(folder, 'file');
  execFileSync('xorriso', ['-osirrox', 'on', '-indev', medium, '-extract', `/${place}`, out], {
    stdio: 'pipe',
  });
  const [sum = ''] = execFileSync('sha256sum', [out], { encoding: 'utf8' }).split(' ');
  rmSync(out, { force: true });
  return sum;
}

machineTest(
  'second machines are installed over the network by keyboard on the first one’s console, by BIOS and by UEFI; not while another DHCP server answers there',
  async (lab) => {
    const wire = lab.network();
    const node = await installerNode(lab, wire);
    const bmcs = await startBmcs(node);
    await seeFigures(node);
    await unlock(node, 'f2');
    await node.screen.see(MENU);
    await enter(node, 'Bare Metal', /<F3> Start the service/);
    await start(node);
    await node.screen.see(/another DHCP server answers on ens16: 10\.88\.0\.9/);
    await node.shell('systemctl stop other-dhcp');
    await node.keyboard.press('ret');
    await node.screen.see(/PXE service: runs on ens16/);
    const firmwares: Firmware[] = ['BIOS', 'UEFI'];
    for (const [at, firmware] of firmwares.entries()) {
      const port = wire.port();
      const pc = await Pc.fromNetwork(port, firmware);
      const bmc = bmcs[at] as NodeBmc;
      const second = { pc, mac: port.mac, name: `node-${at + 7}`, firmware, bmc };
      try {
        await installByKeyboard(node, second);
        await installsItself(second);
        await node.screen.see(new RegExp(`${second.name} .*${firmware} +installed \\(compute\\)`));
      } finally {
        await pc.end();
      }
    }
    await node.keyboard.press('f3');
    await node.screen.see(/Stop the service/);
    await node.keyboard.type('y');
    await node.screen.see(/It is stopped\./);
    const silent = async () => (await node.attempt(['pgrep', 'dnsmasq'])).code === 1 || undefined;
    await until('no DHCP server any more', silent);
  },
  80,
);
