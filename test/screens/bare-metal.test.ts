import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { IpmiSim } from '../services/bare-metal/ipmi-sim.ts';
import { RedfishSim } from '../services/bare-metal/redfish-sim.ts';
import { freePort } from '../services/servers.ts';
import { choose, isTold, openEntry } from './menu.ts';
import { TestNode } from './node.ts';
import { filesWith } from './search.ts';
import type { TestTerminal } from './terminal.ts';

const PASSWORD = 'system word';
const BMC = 'zqBmcWord1';
/** The simulator does not tell its cipher suites, for which ipmitool waits five seconds at each call. */
const SLOW = 120_000;
const SIZE = { columns: 80, rows: 24 };
let node: TestNode;
let bmc: IpmiSim;
let redfish: RedfishSim;

beforeAll(async () => {
  node = await TestNode.start({ password: PASSWORD });
  bmc = new IpmiSim({ port: await freePort(), users: { admin: BMC } });
  redfish = new RedfishSim('admin', BMC);
  await Promise.all([bmc.answers('admin', BMC), redfish.start()]);
});
afterEach(() => node.endConsoles());
afterAll(() => {
  bmc.end();
  redfish.end();
  return node.end();
});

async function open(): Promise<TestTerminal> {
  const terminal = await openEntry(node, PASSWORD, 'Bare Metal', SIZE);
  await terminal.see('PXE service: stopped: no machine can be installed');
  return terminal;
}

/** Fills the form for a machine in: name, protocol, address, port, user, password, firmware. */
async function add(terminal: TestTerminal, name: string, port: number, password = BMC): Promise<void> {
  terminal.press('f4');
  await terminal.see('BMC address');
  terminal.type(name);
  terminal.press('tab', 'tab');
  terminal.type('127.0.0.1');
  terminal.press('tab');
  terminal.type(String(port));
  terminal.press('tab');
  terminal.type('admin');
  terminal.press('tab');
  terminal.type(password);
}

test('without a medium and machines it says so, and what the service lacks when it is to be started', async () => {
  const terminal = await open();
  await terminal.see('no machines yet: F4 adds one');
  expect(terminal.grid()).toMatch(/Installation medium: unavailable: there is no installation medium in/);
  terminal.press('f3');
  await terminal.see('Refused while another DHCP server answers');
  await isTold(terminal, ['em09'], 'NIC: there is no NIC em09');
});

test('a machine is added, switched and told from what it starts; what would lose something is asked', async () => {
  const terminal = await open();
  await add(terminal, 'node-7', bmc.port, 'otherWord');
  terminal.press('enter');
  await terminal.see('it refuses user or password', SLOW);
  terminal.press('S-tab', 'tab');
  terminal.type(BMC);
  terminal.press('enter');
  await terminal.see('Install node-7 over the network', SLOW);
  terminal.press('escape');
  await terminal.see(/> node-7 +off +127\.0\.0\.1 +UEFI/);
  terminal.press('enter');
  await terminal.see(/Power: off/);
  expect(terminal.grid()).toContain(`BMC: ipmi admin@127.0.0.1:${bmc.port}`);
  await choose(terminal, 'Power On');
  await terminal.see('It is done.', SLOW);
  terminal.press('enter');
  await terminal.see(/Power: on/);
  await choose(terminal, 'Start from the network next');
  await terminal.see('It is done.', SLOW);
  terminal.press('enter');
  await choose(terminal, 'Power Off');
  await terminal.see('loses what it has not written');
  terminal.type('n');
  await terminal.gone('loses what it has not written');
  expect(bmc.told).toEqual(['set power 1', 'set boot pxe']);
}, 300_000);

test('the installation is refused while the service is stopped; what was typed stays', async () => {
  const terminal = await open();
  await terminal.see(/> node-7/);
  terminal.press('enter');
  await terminal.see('Starts by: UEFI');
  await choose(terminal, 'Install over the network');
  await terminal.see('NICs (MAC)');
  terminal.type('52:54:00:01:00:02');
  terminal.press(...Array.from({ length: 8 }, () => 'tab'));
  terminal.type('zqRootWord1');
  terminal.press('tab');
  terminal.type('zqRootWord2');
  terminal.press('enter');
  await terminal.see('differs from the password');
  terminal.type('zqRootWord1');
  terminal.press('enter');
  await terminal.see('ALL ITS DISKS ARE WIPED');
  terminal.type('node-8');
  terminal.press('enter');
  await terminal.see('it must be node-7');
  terminal.press('escape');
  await terminal.see('nothing was done');
  terminal.press('enter');
  await terminal.see('ALL ITS DISKS ARE WIPED');
  terminal.type('node-7');
  terminal.press('enter');
  await terminal.see('the PXE service does not run');
  expect(terminal.grid()).toContain('52:54:00:01:00:02');
  expect(filesWith(node.folder, 'zqRootWord1')).toEqual([]);
});

test('a Redfish BMC is added once its certificate is confirmed', async () => {
  const terminal = await open();
  await add(terminal, 'node-8', redfish.port);
  terminal.press('S-tab', 'S-tab', 'S-tab', 'S-tab', 'right', 'enter');
  await terminal.see('Certificate that 127.0.0.1 shows');
  expect(redfish.asked).toEqual([]);
  terminal.type('y');
  await terminal.see('Install node-8 over the network');
  terminal.press('escape');
  await terminal.see(/node-8 +off +127\.0\.0\.1 +UEFI/);
  expect(filesWith(node.folder, BMC).map((path) => path.slice(node.data.length))).toEqual([
    '/data/machines/node-7.json',
    '/data/machines/node-8.json',
  ]);
  expect(readFileSync(join(node.data, 'data/machines/node-8.json'), 'utf8')).toContain('"redfish"');
});
