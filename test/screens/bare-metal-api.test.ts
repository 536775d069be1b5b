import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Guest } from '../../src/node/bare-metal/plan/pxe-files.ts';
import type { Installation } from '../../src/node/bare-metal/schema/install.ts';
import { layoutOf } from '../../src/node/zstack/layout.ts';
import { choose, openEntry } from './menu.ts';
import { TestNode } from './node.ts';
import type { TestTerminal } from './terminal.ts';

const PASSWORD = 'system word';
const HASH = '$6$zqSalt$zqHash';
const SIZE = { columns: 80, rows: 24 };
let node: TestNode;

beforeAll(async () => {
  node = await TestNode.start({ password: PASSWORD });
});
afterEach(async () => {
  await node.endConsoles();
  rmSync(join(node.data, 'data/provisioned'), { recursive: true, force: true });
});
afterAll(() => node.end());

const chassisOf = (at: number): string => String(at).padStart(32, '0');
const recordOf = (at: number): string => join(node.data, 'data/provisioned', `${chassisOf(at)}.json`);

/** Writes down what the cluster has asked for, as the node does; answers the token. */
function asked(at: number, name: string, more: Partial<Installation> = {}): string {
  const token = randomBytes(16).toString('base64url');
  const guest: Guest = {
    name,
    installation: {
      ...{ role: 'compute', passwordHash: HASH, unattended: true, vnc: true, token, asked: Date.now() },
      ...{ macs: [`52:54:00:00:00:${at}`], mode: 'active-backup', address: '192.0.2.9/24', nameservers: [] },
      ...more,
    },
  };
  mkdirSync(dirname(recordOf(at)), { recursive: true });
  writeFileSync(recordOf(at), JSON.stringify(guest));
  return token;
}

/** Writes a file as the PXE service does. */
function written(name: string, text: string): void {
  const { state } = layoutOf(node.data).pxe;
  mkdirSync(state, { recursive: true });
  writeFileSync(join(state, name), text);
}

/** What a machine told the PXE service. */
const mark = (token: string, ending: 'begun' | 'done'): void => written(`${token}.${ending}`, '');

const open = (): Promise<TestTerminal> => openEntry(node, PASSWORD, 'Bare Metal', SIZE);

test('a machine that is installed over the API is listed with what is known of it, until it is no more', async () => {
  const token = asked(11, 'node-9', { beside: [{ mac: '52:54:00:00:01:00', nameservers: [] }] });
  const terminal = await open();
  await terminal.see(/> node-9 +API 52:54:00:00:00:11 +\d\d:\d\d to be installed \(compute\)/);
  mark(token, 'begun');
  written('leases', `${Math.round(Date.now() / 1000) + 600} 52:54:00:00:00:11 192.0.2.200 * *\n`);
  await terminal.see(/> node-9 +API 52:54:00:00:00:11 +\d\d:\d\d installing \(compute\)/);
  terminal.press('enter');
  await terminal.see('Asked for: over the API');
  await terminal.see(/Installation: installing \(compute\), since \d{4}-\d\d-\d\d \d\d:\d\d/);
  await terminal.see('NICs (MAC): 52:54:00:00:00:11 52:54:00:00:01:00');
  await terminal.see('Address: 192.0.2.9/24');
  await terminal.see('Address for now: 192.0.2.200');
  await terminal.see(`Chassis: ${chassisOf(11)}`);
  await terminal.see('Switched and removed over the API: zstack-cli DeleteBaremetalHostCfg │');
  for (const secret of [token, 'zqHash']) expect(terminal.grid()).not.toContain(secret);
  mark(token, 'done');
  await terminal.see('Installation: installed (compute)');
  expect(terminal.grid()).not.toContain('Address for now');
  rmSync(recordOf(11));
  await terminal.see('t is not known any more');
  terminal.press('escape');
  await terminal.see('no machines yet: F4 adds one');
});

test('its installation is cancelled here, once that was confirmed', async () => {
  asked(11, 'node-9');
  const terminal = await open();
  await terminal.see(/> node-9 +API/);
  terminal.press('enter');
  await terminal.see('> Cancel the installation');
  terminal.press('enter');
  await terminal.see('One that is under way fails.');
  await terminal.see('The cluster is not told');
  terminal.press('n');
  await terminal.gone('The cluster is not told');
  expect(existsSync(recordOf(11))).toBe(true);
  terminal.press('enter');
  await terminal.see('The cluster is not told');
  terminal.press('y');
  await terminal.see('It is done.');
  expect(existsSync(recordOf(11))).toBe(false);
  terminal.press('enter');
  await terminal.see('t is not known any more');
});

test('long names and many machines keep their columns, and what is chosen stays chosen', async () => {
  for (let at = 10; at < 60; at += 1) asked(at, `node-${at}`, { asked: Date.UTC(2020, 1, 28, 12) });
  const name = `rack-${'x'.repeat(58)}`;
  asked(60, name);
  const terminal = await open();
  await terminal.see(/> node-10 +API 52:54:00:00:00:10 +02-28 to be installed \(compute\) │/);
  terminal.press('end');
  await terminal.see(/> rack-x{11}~ API 52:54:00:00:00:60 +\d\d:\d\d to be installed/);
  rmSync(recordOf(59));
  await terminal.gone('node-59');
  expect(terminal.grid()).toMatch(/> rack-x/);
  await choose(terminal, 'rack-');
  await terminal.see(name);
});

test('in Chinese as well', async () => {
  mark(asked(11, 'node-9'), 'begun');
  const terminal = node.console({ ...SIZE, args: ['--lang', 'zh'] });
  await terminal.see('F2');
  terminal.press('f2');
  await terminal.see('root 密码');
  terminal.type(PASSWORD);
  terminal.press('enter');
  await terminal.see('终端信息');
  await choose(terminal, '裸机');
  await terminal.see(/> node-9 +API 52:54:00:00:00:11 +\d\d:\d\d 安装中（计算节点）/);
  terminal.press('enter');
  await terminal.see('安装来源：API');
  await terminal.see(/安装：安装中（计算节点），自 \d{4}-\d\d-\d\d \d\d:\d\d 起/);
  await terminal.see('电源控制与移除须通过 API：zstack-cli DeleteBaremetalHostCfg');
});
