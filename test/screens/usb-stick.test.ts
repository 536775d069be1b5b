import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { layoutOf } from '../../src/node/zstack/layout.ts';
import { openEntry } from './menu.ts';
import { TestNode } from './node.ts';
import type { TestTerminal } from './terminal.ts';

const PASSWORD = 'system word';
const folder = mkdtempSync(join(tmpdir(), 'stick-'));
const sysBlock = join(folder, 'block');
const loops: string[] = [];
let node: TestNode;
let archive: string;

beforeAll(async () => {
  mkdirSync(sysBlock);
  node = await TestNode.start({ role: 'compute', password: PASSWORD, sysBlock });
});
afterEach(async () => {
  await node.endConsoles();
  for (const device of loops.splice(0)) execFileSync('losetup', ['-d', device]);
  for (const name of readdirSync(sysBlock)) rmSync(join(sysBlock, name), { recursive: true });
});
afterAll(async () => {
  await node.end();
  rmSync(folder, { recursive: true });
});

const MEBIBYTE = 1024 * 1024;

/** A loop device, which the controller is told to be a removable disk. `type` undefined: nothing on it. */
function plugIn(mebibytes: number, type?: 'ext4' | 'vfat', readOnly = false): string {
  const image = join(folder, `${mebibytes}-${type}.img`);
  writeFileSync(image, '');
  truncateSync(image, mebibytes * MEBIBYTE);
  if (type !== undefined) execFileSync(`mkfs.${type}`, type === 'ext4' ? ['-q', '-F', image] : [image]);
  const options = readOnly ? ['--read-only'] : [];
  const device = execFileSync('losetup', [...options, '-f', '--show', image], { encoding: 'utf8' }).trim();
  loops.push(device);
  const sys = join(sysBlock, basename(device));
  mkdirSync(join(sys, 'device'), { recursive: true });
  const files = {
    removable: '1',
    size: String(mebibytes * 2048),
    dev: `7:${device.slice(9)}`,
    'device/model': 'TestStick',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(sys, name), `${text}\n`);
  return device;
}

/** An archive of logs that is being handed out. */
function collected(bytes: number): void {
  const { exports } = layoutOf(node.data);
  rmSync(exports, { recursive: true, force: true });
  mkdirSync(join(exports, 'token'), { recursive: true });
  archive = join(exports, 'token', 'collect-log-2.2.0-2026-11-22_20-00.tar.gz');
  writeFileSync(archive, Buffer.from(Array.from({ length: bytes }, (_, at) => (at * 7919) % 251)));
}

/** What is on a device now. */
function filesOn(device: string): Record<string, Buffer> {
  const at = join(folder, 'look');
  mkdirSync(at, { recursive: true });
  execFileSync('mount', ['-o', 'ro', device, at]);
  try {
    const names = readdirSync(at).filter((name) => name !== 'lost+found');
    return Object.fromEntries(names.map((name) => [name, readFileSync(join(at, name))]));
  } finally {
    execFileSync('umount', [at]);
  }
}

async function sticks(): Promise<TestTerminal> {
  const terminal = await openEntry(node, PASSWORD, 'Collect Logs');
  await terminal.see('<F4> USB stick');
  terminal.press('f4');
  await terminal.see('Copy the logs to a USB stick');
  return terminal;
}

async function copyNow(terminal: TestTerminal): Promise<void> {
  await terminal.see('TestStick');
  terminal.press('enter');
  await terminal.see('<Y>');
  terminal.press('y');
}

/** Where this device is mounted; other tests have loop devices too. */
const mountsOf = (device: string) =>
  readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((row) => row.includes(` ${device} `));

test('no stick: says so; plugged in later: copied, read back, and mounted nowhere afterwards', async () => {
  collected(3 * MEBIBYTE + 17);
  const terminal = await sticks();
  await terminal.see('No stick is plugged in');
  const device = plugIn(20, 'ext4');
  terminal.press('f3');
  await copyNow(terminal);
  await terminal.see('The stick can be pulled out.');
  const found = filesOn(device);
  expect(Object.keys(found)).toEqual([basename(archive)]);
  expect(found[basename(archive)]?.equals(readFileSync(archive))).toBe(true);
  expect(mountsOf(device)).toEqual([]);
});

test('a stick that is too small says so and nothing of it is left', async () => {
  collected(6 * MEBIBYTE);
  const device = plugIn(5, 'ext4');
  const terminal = await sticks();
  await copyNow(terminal);
  await terminal.see('the stick is full: 6.3 MB wanted');
  expect(filesOn(device)).toEqual({});
});

test('what a broken copy left behind goes with the next one', async () => {
  collected(MEBIBYTE);
  const device = plugIn(20, 'ext4');
  const at = join(folder, 'look');
  mkdirSync(at, { recursive: true });
  execFileSync('mount', [device, at]);
  writeFileSync(join(at, 'collect-log-old.tar.gz.partial'), 'x');
  writeFileSync(join(at, 'mine.partial'), 'mine');
  execFileSync('umount', [at]);
  const terminal = await sticks();
  await copyNow(terminal);
  await terminal.see('The stick can be pulled out.');
  expect(Object.keys(filesOn(device)).sort()).toEqual([basename(archive), 'mine.partial']);
});

test('no file system, write-protected, in use, no archive: each is said', async () => {
  collected(MEBIBYTE);
  plugIn(6);
  const none = await sticks();
  await none.see('! no file system');
  none.press('enter');
  await none.see('/dev/loop');
  await node.endConsoles();
  rmSync(join(sysBlock, basename(loops[0] ?? '')), { recursive: true });

  plugIn(7, 'ext4', true);
  const locked = await sticks();
  await copyNow(locked);
  await locked.see(/write-protected|read-only/);
  await node.endConsoles();
  rmSync(join(sysBlock, basename(loops[1] ?? '')), { recursive: true });

  const used = plugIn(8, 'ext4');
  const at = join(folder, 'look');
  mkdirSync(at, { recursive: true });
  // The controller of this test has mounts of its own.
  const there = ['--mount', `--target=${node.program('controller').pid}`];
  execFileSync('nsenter', [...there, 'mount', used, at]);
  const busy = await sticks().finally(() => execFileSync('nsenter', [...there, 'umount', at]));
  await busy.see('! in use: mounted at');
  await node.endConsoles();

  rmSync(layoutOf(node.data).exports, { recursive: true });
  const without = await sticks();
  await copyNow(without);
  await without.see('there is no archive of logs');
  expect(filesOn(used)).toEqual({});
});
