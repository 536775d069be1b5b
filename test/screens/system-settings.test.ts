import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { choose, isTold, openEntry, refill } from './menu.ts';
import { TestNode } from './node.ts';
import type { TestTerminal } from './terminal.ts';

const PASSWORD = 'system word';
const KEY = 'etc/ssh/ssh_host_ed25519_key';
let node: TestNode;

beforeAll(async () => {
  const machine = new URL('own-machine.sh', import.meta.url).pathname;
  node = await TestNode.start({ role: 'compute', password: PASSWORD, machine });
  for (const name of ['ssh.service', 'systemd-timesyncd.service', 'rsyslog.service']) unit(name);
  // One host key, whatever this machine has.
  rmSync(join(node.folder, 'etc/ssh'), { recursive: true, force: true });
  mkdirSync(join(node.folder, 'etc/ssh'));
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(node.folder, KEY)]);
});
afterEach(() => node.endConsoles());
afterAll(() => node.end());

function unit(name: string): void {
  const folder = join(node.folder, 'units', name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'mode'), 'process');
  for (const mark of ['active', 'enabled']) writeFileSync(join(folder, mark), '');
}

const own = (path: string): string => readFileSync(join(node.folder, path), 'utf8');
const orders = (): string[] => own('units/orders').trim().split('\n');
/** The hostname in the controller's own UTS namespace. */
const kernelName = (): string =>
  execFileSync('nsenter', ['-t', String(node.program('controller').pid), '--uts', 'uname', '-n'], {
    encoding: 'utf8',
  }).trim();

async function open(): Promise<TestTerminal> {
  const terminal = await openEntry(node, PASSWORD, 'System Settings');
  // In the list itself: the menu tells the same values.
  await terminal.see('> Hostname');
  return terminal;
}

/** Submits what is in the form and says Y to the plan. */
async function carryOut(terminal: TestTerminal): Promise<void> {
  terminal.press('enter');
  await terminal.see('Make this change?');
  terminal.press('y');
  await terminal.see('It is set.');
  terminal.press('enter');
}

test('hostname: what is wrong is said, nothing changes; then it is set, resolves and lasts', async () => {
  const before = kernelName();
  const terminal = await open();
  terminal.press('enter');
  await terminal.see('without a dot');
  const wrong: [string, string][] = [
    ['node.example', 'has a dot'],
    ['-node', 'begins or ends with -'],
    ['no de', 'has something else'],
    ['4711', 'has digits only'],
    ['localhost', 'means every machine'],
  ];
  for (const [name, said] of wrong) await isTold(terminal, [name], `Hostname: ${said}`);
  expect(kernelName()).toBe(before);
  refill(terminal, ['kvm-07']);
  terminal.press('enter');
  await terminal.see('/etc/hosts gets it');
  terminal.press('y');
  await terminal.see('It is set.');
  expect([kernelName(), own('etc/hostname').trim()]).toEqual(['kvm-07', 'kvm-07']);
  expect(own('etc/hosts')).toMatch(/^(127\.0\.1\.1|(?!127\.)[\d.]+) kvm-07 # this node$/m);
  expect(own('etc/hosts')).toContain('127.0.0.1 localhost');
  terminal.press('enter');
  await terminal.see(/Hostname +kvm-07/);
});

test('time zone: a misspelled one is told what was meant', async () => {
  const terminal = await open();
  await choose(terminal, 'Time zone');
  await terminal.see('Europe/Berlin');
  await isTold(terminal, ['China/Shanghai'], 'Meant:');
  await isTold(terminal, ['../../etc/passwd'], 'is no time zone');
  terminal.press('f4');
  await terminal.see('Type letters to search');
  terminal.type('shangk');
  await terminal.see('Nothing has these letters');
  terminal.press('backspace');
  terminal.type('h');
  await terminal.see('> Asia/Shanghai');
  terminal.press('enter');
  await terminal.see(/Time zone +Asia\/Shanghai/);
  await carryOut(terminal);
  expect(readlinkSync(join(node.folder, 'etc/localtime'))).toMatch(/zoneinfo\/Asia\/Shanghai$/);
  await terminal.see(/Time zone +Asia\/Shanghai/);
});

test('clock: a program that keeps it is named, and goes while it is not in step; the plan tells by how much, and a time that was typed stays through N and a fault', async () => {
  const mark = join(node.folder, 'units/systemd-timesyncd.service/active');
  const terminal = await open();
  await terminal.see(/Clock +kept by systemd-timesyncd/);
  await choose(terminal, 'Clock');
  await terminal.see('at the moment of Y');
  for (const time of ['2026-02-30 10:00', '2025-12-24', '9:15', '2026-11-28 25:00'])
    await isTold(terminal, [time], 'Time: is no time such as');
  refill(terminal, ['2024-02-29 23:00']);
  terminal.press('enter');
  await terminal.see(/setting the clock [0-9]+ d [0-9:]+ back/);
  expect(terminal.grid()).toContain('systemd-timesyncd is not in step');
  terminal.press('n');
  await terminal.gone('Make this change?');
  await terminal.see(/Time +2024-02-29 23:00/);
  terminal.press('enter');
  await terminal.see('Make this change?');
  terminal.press('y');
  // systemd's own daemon took the order, and has no systemd here that it could ask for NTP clients.
  await terminal.see('Failed to update context');
  expect(new Date().getFullYear()).toBeGreaterThan(2024);
  // What had been turned off for it is on again.
  expect(own('units/orders')).toMatch(
    /disable systemd-timesyncd.service\nstop systemd-timesyncd.service\nenable systemd-timesyncd.service\nstart systemd-timesyncd.service\n/,
  );
  expect(existsSync(mark)).toBe(true);
  terminal.press('enter');
  await terminal.see(/Time +2024-02-29 23:00/);
  terminal.press('escape');
  await terminal.see('> Clock');
});

test('NTP: servers are written, the client restarted; an empty field brings the system’s own back', async () => {
  const path = 'etc/systemd/timesyncd.conf.d/60-zs-node.conf';
  const terminal = await open();
  await choose(terminal, 'NTP servers');
  await terminal.see('with spaces between');
  for (const [servers, said] of [
    ['192.0.2.300', 'neither a name nor an address'],
    ['a_b', 'neither a name nor an address'],
    ['192.0.2.1 192.0.2.1', 'is there twice'],
  ] as const) {
    await isTold(terminal, [servers], said);
  }
  refill(terminal, ['192.0.2.1 ntp.nowhere.invalid']);
  terminal.press('enter');
  await terminal.see('ntp.nowhere.invalid does not resolve now');
  terminal.press('y');
  await terminal.see('It is set.');
  expect(own(path)).toContain('NTP=192.0.2.1 ntp.nowhere.invalid\n');
  expect(orders()).toContain('restart systemd-timesyncd.service');
  terminal.press('enter');
  await terminal.see(/NTP servers +192.0.2.1 ntp.nowhere.invalid/);
  // Somebody else writes others while the plan is looked at.
  terminal.press('enter');
  await terminal.see('with spaces between');
  refill(terminal, ['192.0.2.2']);
  terminal.press('enter');
  await terminal.see('Make this change?');
  writeFileSync(join(node.folder, path), own(path).replace('192.0.2.1', '192.0.2.3'));
  terminal.press('y');
  await terminal.see('the node changed meanwhile: look again');
  expect(own(path)).toContain('NTP=192.0.2.3');
  terminal.press('y');
  await terminal.see('It is set.');
  expect(own(path)).toContain('NTP=192.0.2.2\n');
  terminal.press('enter');
  await terminal.see(/NTP servers +192.0.2.2/);
  terminal.press('enter');
  await terminal.see('with spaces between');
  refill(terminal, ['']);
  await carryOut(terminal);
  expect(existsSync(join(node.folder, path))).toBe(false);
});

test('keyboard: by the system’s own daemon', async () => {
  const terminal = await open();
  await choose(terminal, 'Keyboard');
  await terminal.see('Layout of the keys');
  await isTold(terminal, ['klingon'], 'there is no keyboard layout');
  refill(terminal, ['de:nodeadkeys']);
  await carryOut(terminal);
  await terminal.see(/Keyboard +de:nodeadkeys/);
  expect(own('etc/default/keyboard')).toMatch(/XKBLAYOUT="?de"?\n/);
});

test('SSH: fingerprints, what turning it off costs, off and on again', async () => {
  const terminal = await open();
  await choose(terminal, 'SSH');
  const fingerprint = execFileSync('ssh-keygen', ['-l', '-f', join(node.folder, KEY)], { encoding: 'utf8' });
  await terminal.see(fingerprint.split(' ')[1] ?? '-');
  terminal.press('enter');
  await terminal.see('nobody can log in over the network any more');
  terminal.press('n');
  await terminal.gone('nobody can log in');
  expect(existsSync(join(node.folder, 'units/ssh.service/active'))).toBe(true);
  terminal.press('enter');
  await terminal.see('Turn SSH off');
  await carryOut(terminal);
  await terminal.see(/SSH {5,}off/);
  expect(existsSync(join(node.folder, 'units/ssh.service/active'))).toBe(false);
  expect(existsSync(join(node.folder, 'units/ssh.service/enabled'))).toBe(false);
  terminal.press('enter');
  await terminal.see('Turn SSH on');
  await carryOut(terminal);
  await terminal.see(/SSH {5,}on/);
});

test('log server: what is wrong is said, a silent one is warned of, and rsyslog is started anew with it', async () => {
  const path = 'etc/rsyslog.d/60-zs-node.conf';
  const terminal = await open();
  await choose(terminal, 'Log server');
  await terminal.see('goes there as well, by syslog');
  await isTold(terminal, ['no name!'], 'is neither a name nor an address');
  refill(terminal, ['127.0.0.1']);
  terminal.press('tab', 'C-u');
  terminal.type('99999');
  terminal.press('enter');
  await terminal.see('is not a port from 1 to 65535');
  terminal.press('C-u');
  terminal.type('9');
  terminal.press('enter');
  await terminal.see('TCP 9: 127.0.0.1 refuses the connection');
  await terminal.see('Send the log to 127.0.0.1, TCP 9 as well');
  expect(existsSync(join(node.folder, path))).toBe(false);
  await carryOut(terminal);
  await terminal.see(/Log server +127\.0\.0\.1 \(TCP 9\)/);
  expect(own(path)).toContain('target="127.0.0.1" port="9" protocol="tcp"');
  expect(orders()).toContain('restart rsyslog.service');
  await choose(terminal, 'Log server');
  await terminal.see('goes there as well, by syslog');
  refill(terminal, ['']);
  await carryOut(terminal);
  await terminal.see(/Log server +none: kept on this machine alone/);
  expect(existsSync(join(node.folder, path))).toBe(false);
});

test('a client that does not come up with the new servers: the old ones are back', async () => {
  const refusal = join(node.folder, 'units/systemd-timesyncd.service/refuse-restart');
  writeFileSync(refusal, '');
  const terminal = await open();
  await choose(terminal, 'NTP servers');
  await terminal.see('with spaces between');
  refill(terminal, ['192.0.2.9']);
  terminal.press('enter');
  await terminal.see('Make this change?');
  terminal.press('y');
  await terminal.see('failed');
  const file = join(node.folder, 'etc/systemd/timesyncd.conf.d/60-zs-node.conf');
  await terminal.until(() => !existsSync(file), undefined, 'the servers of before');
});

const ESC = '\x1b';

test('screen blanking: a kernel that does not take it leaves nothing behind', async () => {
  const terminal = await open();
  await choose(terminal, 'Screen blanking');
  await terminal.see('0 to 60');
  await isTold(terminal, ['61'], 'is not a whole number');
  await isTold(terminal, ['2.5'], 'is not a whole number');
  refill(terminal, ['5']);
  terminal.press('enter');
  await terminal.see('Make this change?');
  terminal.press('y');
  await terminal.see('the system does not show the new value');
  expect(own('tty12')).toContain(`${ESC}[9;0]`);
  expect(own('data/config/node.ini')).not.toContain('blank_minutes');
});

test('screen blanking: the kernel takes it, and the next start has it', async () => {
  writeFileSync(join(node.folder, 'consoleblank'), '600\n');
  const terminal = await open();
  await terminal.see(/Screen blanking +after 10 min/);
  await choose(terminal, 'Screen blanking');
  await terminal.see('0 to 60');
  refill(terminal, ['10']);
  await carryOut(terminal);
  expect(own('tty12')).toContain(`${ESC}[9;10]`);
  expect(own('data/config/node.ini')).toBe('blank_minutes = 10\n');
});

test('what could not be told is asked for once more before it is called impossible', async () => {
  rmSync(join(node.folder, 'units/rsyslog.service'), { recursive: true });
  const terminal = await open();
  await terminal.see(/Log server +unavailable: rsyslog is not installed/);
  await choose(terminal, 'Log server');
  await terminal.see('It cannot be set here: rsyslog is not installed');
  terminal.press('enter');
  await terminal.gone('It cannot be set here');
  unit('rsyslog.service');
  terminal.press('enter');
  await terminal.see('goes there as well, by syslog');
});

test('where systemd does not run, what needs it says so', async () => {
  const bare = await TestNode.start({ role: 'compute', password: PASSWORD });
  try {
    const terminal = await openEntry(bare, PASSWORD, 'System Settings');
    await terminal.see(/Hostname +unavailable: D-Bus is not running/);
    await terminal.see(/SSH +unavailable: systemd does not run here/);
    terminal.press('enter');
    await terminal.see('It cannot be set here');
  } finally {
    await bare.end();
  }
});
