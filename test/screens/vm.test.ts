import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { domainXml } from '../../src/node/vm/domain.ts';
import type { Guest } from '../../src/node/vm/plan.ts';
import { LibvirtDaemon, missingForLibvirt } from '../services/facts/libvirt-daemon.ts';
import { choose, openEntry } from './menu.ts';
import { TestNode } from './node.ts';

// The screen of the VMs against a real libvirtd, with guests that have nothing to boot from.

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
  await terminal.see('zstack-ctl vm_console');
  await terminal.gone('> Start');
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

test('one that is not of this cloud is shown, and nothing can be done with it', async () => {
  const terminal = await openEntry(node, PASSWORD, 'Virtual Machines', { columns: 160, rows: 50 });
  await terminal.see(/stranger +Stopped/);
  await choose(terminal, 'stranger');
  await terminal.see('It is not of this cloud');
  await terminal.see('nothing can be done with it here');
});
