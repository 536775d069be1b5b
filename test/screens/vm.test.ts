import { truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { domainXml } from '../../src/node/vm/domain.ts';
import type { Guest } from '../../src/node/vm/plan.ts';
import { mustRun } from '../../src/system/exec.ts';
import { LibvirtDaemon, missingForLibvirt } from '../services/facts/libvirt-daemon.ts';
import { echoDisk } from '../services/vm-console/guest.ts';
import { choose, openEntry } from './menu.ts';
import { TestNode } from './node.ts';

// The screen of the VMs against a real libvirtd, with a guest that sends back what comes over its serial line.

const PASSWORD = 'system word';
const VM = '7'.repeat(32);
const missing = missingForLibvirt();
let libvirt: LibvirtDaemon;
let node: TestNode;

beforeAll(async () => {
  if (missing !== undefined) return;
  libvirt = new LibvirtDaemon();
  await libvirt.start();
  const guest: Guest = {
    ...{ name: '网站 one', accelerator: 'qemu', cpuNum: 2, memorySize: 64 * 2 ** 20, platform: 'Linux' },
    ...{ cpuMode: 'none', cacheMode: 'none', videoType: 'vga', bootMenu: false, volumes: [], nics: [] },
  };
  const raw = join(libvirt.folder, 'echo.raw');
  const disk = join(libvirt.folder, 'echo.qcow2');
  echoDisk(raw);
  // The BIOS starts no smaller one.
  truncateSync(raw, 2 ** 20);
  await mustRun(['qemu-img', 'convert', '-O', 'qcow2', raw, disk], { timeout: 60_000 });
  guest.volumes = [{ volume: VM, path: disk }];
  const file = join(libvirt.folder, 'vm.xml');
  writeFileSync(file, domainXml(VM, guest, undefined));
  await libvirt.virsh('define', file);
  await libvirt.define('stranger', 32, 1);
  process.env.ZS_LIBVIRT = dirname(libvirt.socket);
  const machine = new URL('own-libvirt.sh', import.meta.url).pathname;
  node = await TestNode.start({ role: 'compute', password: PASSWORD, machine });
});
beforeEach(({ skip }) => skip(missing !== undefined, `${missing} is missing`));
afterEach(() => node?.endConsoles());
afterAll(async () => {
  await node?.end();
  await libvirt?.end();
});

const state = () => libvirt.virsh('domstate', VM);

test('a VM is started, paused, and loses its power, each seen as it is', async () => {
  const terminal = await openEntry(node, PASSWORD, 'Virtual Machines', { columns: 80, rows: 24 });
  await terminal.see(/网站 one +Stopped/);
  await choose(terminal, '网站 one');
  await terminal.see('2 vCPU, 64M');
  await choose(terminal, 'Start');
  await terminal.see('done');
  expect(await state()).toBe('running');
  terminal.press('enter');
  await terminal.see(/> Stop .*Reboot/s);
  await choose(terminal, 'Pause');
  await terminal.see('done');
  expect(await state()).toBe('paused');
  terminal.press('enter');
  await terminal.see('Paused: somebody paused it');
  await choose(terminal, 'Power Off');
  await terminal.see('What it has not written to its disk is lost');
  terminal.press('y');
  await terminal.see('done');
  expect(await state()).toBe('shut off');
  terminal.press('enter');
  await terminal.see('Stopped: its power was taken');
});

test('its text console has the whole terminal; Ctrl+] leads back to the list as it was', async () => {
  await libvirt.virsh('start', VM);
  const terminal = await openEntry(node, PASSWORD, 'Virtual Machines', { columns: 80, rows: 24 });
  await terminal.see(/网站 one +Running/);
  await choose(terminal, '网站 one', 'c');
  await terminal.see('网站 one: Ctrl+] leaves');
  expect(terminal.grid()).not.toContain('Virtual Machines');
  const echoed = () => {
    terminal.press('x');
    return terminal.grid().includes('xx');
  };
  await terminal.until(echoed, undefined, 'what the guest sends back');
  terminal.press('\x1b]0;title\x07', 'said\x03');
  await terminal.see(/x+.*said/s);
  terminal.press('\x1d');
  await terminal.see(/> 网站 one +Running/);
  expect(terminal.grid()).not.toContain('said');
  terminal.press('c');
  await terminal.see('Ctrl+] leaves');
  await libvirt.virsh('destroy', VM);
  await terminal.see(/> 网站 one +Stopped/);
  terminal.press('c');
  await terminal.see('it does not run');
});

test('whoever takes the configuration over ends it', async () => {
  await libvirt.virsh('start', VM);
  const terminal = await openEntry(node, PASSWORD, 'Virtual Machines', { columns: 80, rows: 24 });
  await terminal.see(/网站 one +Running/);
  await choose(terminal, '网站 one', 'c');
  await terminal.see('Ctrl+] leaves');
  const other = node.console({ columns: 80, rows: 24 });
  await other.see('<F2> System Configuration');
  other.press('f2');
  await other.see('Root password');
  other.type(PASSWORD);
  other.press('enter');
  await other.see('Take over?');
  other.press('y');
  await terminal.see('took over');
  await other.see('Terminal Info');
  await choose(other, 'Virtual Machines');
  await other.see(/网站 one +Running/);
  await choose(other, '网站 one', 'c');
  await other.see('Ctrl+] leaves');
  other.press('\x1d');
  await other.see(/> 网站 one +Running/);
  await libvirt.virsh('destroy', VM);
});

test('one that is not of this cloud is shown, and nothing can be done with it', async () => {
  const terminal = await openEntry(node, PASSWORD, 'Virtual Machines', { columns: 160, rows: 50 });
  await terminal.see(/stranger +Stopped/);
  await choose(terminal, 'stranger');
  await terminal.see('It is not of this cloud');
  await terminal.see('nothing can be done with it here');
});
