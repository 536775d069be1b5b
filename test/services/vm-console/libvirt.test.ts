import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { domainXml } from '../../../src/node/vm/domain.ts';
import { StandingGuests } from '../../../src/node/vm/standing.ts';
import { connectScreen, screenOf } from '../../../src/node/vm-screen/guest.ts';
import { lineOf } from '../../../src/node/vm-screen/line.ts';
import { LibvirtDaemon, missingForLibvirt } from '../facts/libvirt-daemon.ts';

const VM = '7'.repeat(32);
const missing = missingForLibvirt();
const suite = test.skipIf(missing !== undefined);
let daemon: LibvirtDaemon;
let standing: StandingGuests;

beforeAll(async () => {
  if (missing !== undefined) return;
  daemon = new LibvirtDaemon();
  await daemon.start();
  standing = new StandingGuests([join(daemon.folder, 'run_libvirt/libvirt-sock')]);
});
afterAll(async () => {
  standing?.close();
  await daemon?.end();
});

suite(`the screen of a guest that libvirt runs is on a socket of its own (${missing ?? 'libvirtd'})`, async () => {
  const guests = await standing.get();
  await expect(screenOf(standing, VM)).rejects.toMatchObject({ kind: 'notFound', field: 'vm' });
  const dom = await guests.define(
    domainXml(
      VM,
      {
        ...{ name: 'tiny', accelerator: 'qemu', cpuNum: 1, memorySize: 64 * 2 ** 20, platform: 'Linux' },
        ...{ cpuMode: 'none', cacheMode: 'none', videoType: 'vga', bootMenu: false, volumes: [], nics: [] },
      },
      undefined,
    ),
  );
  await expect(screenOf(standing, VM)).rejects.toMatchObject({ kind: 'conflict', field: 'vm' });
  await expect(lineOf(standing, VM)).rejects.toMatchObject({ kind: 'conflict', field: 'vm' });
  await guests.run(dom);
  expect(await lineOf(standing, VM)).toEqual({
    uuid: VM,
    name: 'tiny',
    path: expect.stringMatching(/^\/dev\/pts\/\d+$/),
  });
  const path = await screenOf(standing, VM);
  // The daemon's own /var/lib/libvirt lies there.
  const line = await connectScreen(path.replace('/var/lib/libvirt', join(daemon.folder, 'var_lib_libvirt')));
  expect(String((await once(line, 'data'))[0])).toBe('RFB 003.008\n');
  const end = once(line, 'close');
  await guests.powerOff(dom);
  line.resume();
  await end;
});

suite('a domain of somebody else is not shown', async () => {
  const uuid = await daemon.define('theirs', 64, 1);
  await daemon.virsh('start', 'theirs');
  await expect(screenOf(standing, uuid.replaceAll('-', ''))).rejects.toMatchObject({ kind: 'conflict' });
});
