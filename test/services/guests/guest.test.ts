import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Action } from '../../../src/api/action.ts';
import type { Connection } from '../../../src/api/client.ts';
import { removeDhcp, setDhcp } from '../../../src/node/dhcp/schema.ts';
import type { Vm } from '../../../src/node/facts/schema.ts';
import { removeImage } from '../../../src/node/image/schema.ts';
import { ensureL2, removeL2 } from '../../../src/node/l2/schema.ts';
import { readNetwork } from '../../../src/node/network/change/schema.ts';
import {
  pauseVm,
  powerOffVm,
  rebootVm,
  removeVm,
  resumeVm,
  startVm,
  stopVm,
} from '../../../src/node/vm/schema.ts';
import { removeVolume } from '../../../src/node/volume/schema.ts';
import { attributeIn } from '../../../src/system/xml.ts';
import { mustMake } from '../network-world.ts';
import { ADDRESS, DHCP, definition, GuestWorld, IMAGE, L2, L3, prepare, STORAGE, VM } from './guest-world.ts';
import { heard } from './serial-line.ts';
import { shownBy } from './shown.ts';

// One node and one guest from its beginning to its end: the tests go on from each other.

let world: GuestWorld;
let connection: Connection;
beforeAll(async () => {
  world = await GuestWorld.start();
  connection = await world.network.connect();
}, 240_000);
afterAll(async () => {
  connection?.close();
  await world?.end();
});

const MINUTES = 180_000;
const state = () => world.libvirt.virsh('domstate', VM);
const xml = () => world.libvirt.virsh('dumpxml', VM);

const hears = async (words: string) =>
  heard(attributeIn(await xml(), 'console', 'tty') ?? '', words, MINUTES);

const shown = (milliseconds: number) => shownBy(connection, { milliseconds });

async function shownVms(): Promise<Vm[]> {
  const { vms } = await shownBy(connection, { part: 'vms' });
  return vms?.state === 'known' ? vms.value : [];
}

/** A guest on a busy machine takes its time. */
const answersPing = (seconds = 20) => world.network.far('ping', '-c', '1', '-W', String(seconds), ADDRESS);

test('before anything is there, what is missing is named', async () => {
  const start = (change: object) => connection.call(startVm, { vm: VM, definition: definition(change) });
  await expect(start({})).rejects.toMatchObject({ kind: 'notFound', field: 'storage' });
  await expect(connection.call(startVm, { vm: VM })).rejects.toMatchObject({ kind: 'notFound', field: 'vm' });
  await expect(connection.call(stopVm, { vm: VM })).rejects.toMatchObject({ kind: 'notFound', field: 'vm' });
  await expect(connection.call(setDhcp, DHCP)).rejects.toMatchObject({ kind: 'notFound', field: 'l2' });
  await expect(connection.call(ensureL2, { l2: L2, nic: 'em99' })).rejects.toMatchObject({
    kind: 'notFound',
    field: 'nic',
  });
  await connection.call(removeVm, { vm: VM });
  await connection.call(removeDhcp, { l3: L3 });
  await connection.call(removeL2, { l2: L2 });
  await prepare(connection, world);
  await expect(start({ volumes: [{ volume: L2, storage: STORAGE }] })).rejects.toMatchObject({
    field: 'volume',
  });
  await expect(start({ nics: [{ mac: DHCP.lease.mac, l2: L3 }] })).rejects.toMatchObject({ field: 'l2' });
  expect(await world.libvirt.virsh('list', '--all')).toBe('');
});

test('the bridge is in memory, has no addresses, and the network counts as kept', async () => {
  expect(readdirSync(`${world.network.folder}/etc/system-connections`)).toEqual([]);
  expect(await world.network.inside('ip', '-br', 'addr', 'show', 'br_em02')).toMatch(/^br_em02\s+UP\s*$/);
  await prepare(connection, world);
  const { links } = await connection.call(readNetwork, {});
  const nic = links.find(({ name }) => name === 'em02');
  expect(nic).toMatchObject({ kind: 'physical', cloud: true });
  expect(nic?.controller).toBeUndefined();
  const address = { kind: 'setAddress', link: 'em01', address: '192.0.2.7', netmask: '24' } as const;
  await mustMake(connection, address);
  await expect(mustMake(connection, { ...address, link: 'em02' })).rejects.toMatchObject({
    kind: 'conflict',
    words: { en: 'em02 carries a network of the cloud: it is changed there' },
  });
  await expect(connection.call(removeL2, { l2: L2 })).rejects.toMatchObject({
    kind: 'conflict',
    field: 'l2',
  });
  // Whether it does is looked at when the network has been quiet for two seconds.
  const { attention } = await shown(4_000);
  expect(JSON.stringify(attention)).not.toContain('not as it was kept');
});

test(
  'a guest starts, has its address by DHCP, and is reached over the bridge',
  async () => {
    const started = await connection.call(startVm, { vm: VM, definition: definition() });
    expect(started.accelerator).toBe('qemu');
    expect(started.why?.en).toContain('/dev/kvm');
    const heard = await hears('tiny guest: address');
    expect(heard).toContain(`address ${ADDRESS} router 198.51.100.1 dns 198.51.100.53 host tiny mtu 1500`);
    await world.network.far('ip', 'addr', 'add', '198.51.100.1/24', 'dev', 'sw0');
    expect(await answersPing()).toContain('1 received');
  },
  2 * MINUTES,
);

test('its picture is at a socket of its own, and on no port', async () => {
  const path = attributeIn(await xml(), 'graphics', 'socket') ?? '';
  expect(await world.network.inside('ss', '-Hlnt')).not.toMatch(/:59\d\d/);
  expect(path).toContain('/var/lib/libvirt/qemu/');
  const own = path.replace('/var/lib/libvirt', `${world.libvirt.folder}/var_lib_libvirt`);
  const greeting = await new Promise<string>((resolve, reject) => {
    const socket = connect(own);
    socket.once('data', (bytes) => {
      socket.destroy();
      resolve(bytes.toString());
    });
    socket.once('error', reject);
  });
  expect(greeting).toMatch(/^RFB 003/);
});

test('what runs already is answered, whoever asks and however often', async () => {
  const id = await world.libvirt.virsh('domid', VM);
  const again = [1, 2, 3].map(() =>
    connection.call(startVm, { vm: VM, definition: definition({ cpuNum: 2 }) }),
  );
  for (const answer of await Promise.all(again)) expect(answer.accelerator).toBe('qemu');
  expect(await world.libvirt.virsh('domid', VM)).toBe(id);
});

test('it is paused and goes on', async () => {
  await connection.call(pauseVm, { vm: VM });
  expect(await state()).toBe('paused');
  await connection.call(pauseVm, { vm: VM });
  await connection.call(resumeVm, { vm: VM });
  expect(await state()).toBe('running');
  await connection.call(resumeVm, { vm: VM });
});

/** Bridge, NIC, DHCP and guest are at each other, and the guest is reached. */
async function standsAgain(): Promise<void> {
  await vi.waitFor(
    async () => {
      const links = await world.network.inside('ip', '-d', 'link', 'show', 'master', 'br_em02');
      for (const each of ['em02', 'dh3333', 'vnet']) expect(links).toContain(each);
      expect(await answersPing(1)).toContain('1 received');
    },
    { timeout: 90_000, interval: 500 },
  );
}

test('guest and DHCP live on while the controller is dead; what was taken away meanwhile is made again', async () => {
  connection.close();
  await world.network.killController();
  expect(await answersPing()).toContain('1 received');
  await world.network.inside('ip', 'link', 'delete', 'br_em02');
  await world.network.startController();
  connection = await world.network.connect();
  await standsAgain();
});

test.each([
  ['the bridge', ['link', 'delete', 'br_em02']],
  ['the NIC out of it', ['link', 'set', 'em02', 'nomaster']],
  ['the DHCP server out of it', ['link', 'set', `dh${L3.slice(0, 12)}`, 'nomaster']],
])('somebody takes %s while the controller runs: it is made again', async (_, words) => {
  await world.network.inside('ip', ...words);
  await standsAgain();
});

test('a DHCP server that died is started again', async () => {
  const before = await world.dhcpServer();
  process.kill(Number(before), 'SIGKILL');
  await vi.waitFor(
    async () => {
      expect(await world.dhcpServer()).toMatch(/^\d+$/);
      expect(await world.dhcpServer()).not.toBe(before);
      expect(await world.network.inside('ip', 'link', 'show', 'master', 'br_em02')).toContain('dh3333');
    },
    { timeout: 60_000, interval: 250 },
  );
});

test(
  'a reboot from here applies what waits for one, and the guest has its address again',
  async () => {
    await connection.call(rebootVm, { vm: VM, definition: definition({ videoType: 'vga' }) });
    expect(await xml()).toContain("<model type='vga'");
    await hears('tiny guest: address');
    expect(await answersPing()).toContain('1 received');
  },
  2 * MINUTES,
);

test(
  'it shuts down at the power button, long before its power is taken',
  async () => {
    const begun = performance.now();
    await connection.call(stopVm, { vm: VM });
    expect(performance.now() - begun).toBeLessThan(50_000);
    expect(await state()).toBe('shut off');
    expect(await world.libvirt.virsh('domstate', '--reason', VM)).toContain('shutdown');
    await connection.call(stopVm, { vm: VM });
    await expect(connection.call(pauseVm, { vm: VM })).rejects.toMatchObject({
      kind: 'conflict',
      field: 'vm',
    });
  },
  MINUTES,
);

test('it starts as it was defined last, and loses its power at once', async () => {
  await connection.call(startVm, { vm: VM });
  await expect(connection.call(removeVolume, { storage: STORAGE, volume: VM })).rejects.toMatchObject({
    kind: 'conflict',
    field: 'volume',
  });
  await connection.call(powerOffVm, { vm: VM });
  expect(await state()).toBe('shut off');
});

/** Whether its last start defined it, as the controller's journal tells. */
function wasDefined(): boolean {
  const folder = join(world.network.folder, 'data/data/journal');
  const last = readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .at(-1);
  const steps = readFileSync(join(folder, last ?? ''), 'utf8');
  expect(steps).toContain('"vm.run"');
  return steps.includes('"vm.define"');
}

test(
  'what stands is not defined once more; another definition is, and one that somebody changed',
  async () => {
    const restarted = async (change: object = {}) => {
      await connection.call(startVm, { vm: VM, definition: definition(change) });
      await connection.call(powerOffVm, { vm: VM });
      return wasDefined();
    };
    await restarted();
    expect([await restarted(), await restarted()]).toEqual([false, false]);
    expect([await restarted({ cpuNum: 2 }), await restarted({ cpuNum: 2 })]).toEqual([true, false]);
    await world.libvirt.virsh('desc', VM, '--config', '--new-desc', 'by hand');
    expect([await restarted({ cpuNum: 2 }), await xml()]).toEqual([
      true,
      expect.not.stringContaining('by hand'),
    ]);
    expect(await restarted()).toBe(true);
  },
  MINUTES,
);

test('it is told by the cloud’s name, as ours, with the reason why it does not run', async () => {
  await expect
    .poll(shownVms, { timeout: 60_000 })
    .toMatchObject([
      { name: definition().name, ours: true, state: 'stopped', why: { en: 'its power was taken' } },
    ]);
});

test('a domain that is not of this cloud is left alone, by whatever name', async () => {
  const uuid = (await world.libvirt.define('stranger', 16, 1)).replaceAll('-', '');
  await world.libvirt.virsh('start', 'stranger');
  const actions = [startVm, stopVm, powerOffVm, rebootVm, pauseVm, resumeVm, removeVm] as Action[];
  for (const action of actions)
    await expect(connection.call(action, { vm: uuid })).rejects.toMatchObject({
      kind: 'conflict',
      field: 'vm',
    });
  const taken = { vm: uuid, definition: definition() };
  await expect(connection.call(startVm, taken)).rejects.toMatchObject({ kind: 'conflict', field: 'vm' });
  expect(await world.libvirt.virsh('domstate', 'stranger')).toBe('running');
  const seen = async () => (await shownVms()).find(({ name }) => name === 'stranger');
  await expect.poll(seen, { timeout: 60_000 }).toMatchObject({ state: 'running' });
  const stranger = await seen();
  expect(stranger).not.toHaveProperty('ours');
  await world.libvirt.virsh('destroy', 'stranger');
  await world.libvirt.virsh('undefine', 'stranger');
});

test('everything goes, in the order in which it stands on each other, and asked twice', async () => {
  await expect(connection.call(removeImage, { storage: STORAGE, image: IMAGE })).rejects.toMatchObject({
    field: 'image',
  });
  const server = await world.dhcpServer();
  for (let time = 0; time < 2; time++) {
    await connection.call(removeVm, { vm: VM });
    await connection.call(removeDhcp, { l3: L3 });
    await connection.call(removeL2, { l2: L2 });
    await connection.call(removeVolume, { storage: STORAGE, volume: VM });
    await connection.call(removeImage, { storage: STORAGE, image: IMAGE });
  }
  expect(await world.libvirt.virsh('list', '--all')).toBe('');
  await vi.waitFor(async () => {
    const links = await world.network.inside('ip', '-br', 'link');
    expect(links).not.toMatch(/br_em02|dh3333/);
    expect(await world.dhcpServer()).toBeUndefined();
  }, 60_000);
  // Its parent may not have asked for its end yet: such a process has no command any more.
  const command = `/proc/${server}/cmdline`;
  expect(existsSync(command) ? readFileSync(command, 'utf8') : '').toBe('');
  expect(readdirSync(`${world.storage}/volumes`)).toEqual([]);
  expect(readdirSync(`${world.storage}/imagecache`)).toEqual([]);
});
