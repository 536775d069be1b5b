import type { ChildProcess } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { latestOf, type Reading } from '../../../src/api/reading.ts';
import { createFactsSource, type FactsSource } from '../../../src/controller/facts/source.ts';
import type { Facts } from '../../../src/node/facts/schema.ts';
import { mustRun } from '../../../src/system/exec.ts';

// Each figure against what another program of the system says about the same thing at that moment.

const INVENTORY = new URL('../../../src/node/hardware/inventory.ts', import.meta.url).pathname;
const NOWHERE = '/nonexistent/socket';

let source: FactsSource;
let createdHardware: Facts['hardware'];
let reads: string[];
let spawned: ChildProcess[];
const onSpawn = (message: unknown) => spawned.push((message as { process: ChildProcess }).process);
const started = () => spawned.map(({ spawnargs }) => spawnargs.join(' '));

beforeEach(async () => {
  reads = [];
  spawned = [];
  subscribe('child_process', onSpawn);
  source = createFactsSource({
    role: 'compute',
    version: '1.2.3',
    log: () => {},
    inventoryProgram: INVENTORY,
    libvirtSockets: [NOWHERE],
    systemd: { busSocket: NOWHERE, bootedFolder: NOWHERE },
    primaryStorage: '/dev/shm',
    readText: (path) => {
      reads.push(path);
      return readFileSync(path, 'utf8');
    },
  });
  createdHardware = source.current().hardware;
  await source.start();
});
afterEach(async () => {
  await source.stop();
  unsubscribe('child_process', onSpawn);
});

/** The inventory comes once, three seconds after the start, whatever it finds. */
async function inventoryEnded(): Promise<void> {
  const before = JSON.stringify(createdHardware);
  await vi.waitFor(() => expect(JSON.stringify(source.current().hardware)).not.toBe(before), {
    timeout: 30_000,
  });
}

const say = async (...argv: string[]): Promise<string> => (await mustRun(argv, { timeout: 60_000 })).trim();

function value<T>(reading: Reading<T> | undefined): T {
  const known = reading && latestOf(reading);
  if (known === undefined) throw new Error(`not known: ${JSON.stringify(reading)}`);
  return known;
}

/** Both are read until they meet: other tests change the same machine meanwhile. */
const meets = (compared: () => Promise<void>) => vi.waitFor(compared, { timeout: 30_000, interval: 200 });

test('host name, kernel and system', async () => {
  expect(source.current().identity).toEqual({
    ...{ role: 'compute', version: '1.2.3' },
    hostname: await say('hostname'),
    kernel: await say('uname', '-r'),
    os: await say('sh', '-c', '. /etc/os-release; echo "$PRETTY_NAME"'),
  });
});

test('disks as df tells them; a folder that is not there and one that is not set say so', async () => {
  const disks = new Map(source.current().disks.map((disk) => [disk.key, disk]));
  for (const key of ['root', 'storage', 'logs'] as const) {
    const disk = disks.get(key);
    const line = await say('df', '-B1', '--output=size,avail', disk?.path ?? '');
    const [size = 0, available = 0] = (line.split('\n')[1] ?? '').trim().split(/\s+/).map(Number);
    expect(value(disk?.space).total).toBe(size);
    // Others write to the same disk meanwhile.
    expect(Math.abs(value(disk?.space).free - available)).toBeLessThan(2 ** 31);
  }
  expect(disks.get('install')?.space).toMatchObject({ state: 'unknown' });
});

test('links and addresses as the kernel lists them', async () => {
  await meets(async () => {
    const lines = (await say('ip', '-o', 'addr', 'show')).split('\n').map((line) => line.split(/\s+/));
    const wanted = lines.filter((words) => !words.join(' ').includes('scope link'));
    const nics = value(source.current().nics);
    expect(nics.flatMap(({ name, addresses }) => addresses.map((one) => `${name} ${one}`)).sort()).toEqual(
      wanted.map((words) => `${words[1]} ${words[3]}`).sort(),
    );
    expect(nics.map(({ name }) => name)).toEqual(
      (await say('ip', '-o', 'link', 'show')).split('\n').map((line) => /^\d+: ([^:@]+)/.exec(line)?.[1]),
    );
  });
});

test('boot time, load, and memory while watched', async () => {
  const leave = source.watch(() => {});
  const { clock } = source.current();
  const booted = Date.parse(`${await say('uptime', '-s')}Z`);
  expect(Math.abs(value(clock.bootTime) - booted)).toBeLessThan(2000);
  expect(value(clock.load)).toHaveLength(3);
  await meets(async () => {
    const free = (await say('free', '-b')).split('\n')[1]?.trim().split(/\s+/).map(Number) ?? [];
    const { total, used = 0 } = value(source.current().memory);
    expect(total).toBe(free[1]);
    expect(Math.abs(used - ((free[1] ?? 0) - (free[6] ?? 0)))).toBeLessThan(2 ** 28);
  });
  leave();
});

test('a busy processor is seen within two ticks', async () => {
  const shares: number[] = [];
  const leave = source.watch((changed) => {
    const cpu = changed.cpu && latestOf(changed.cpu);
    if (cpu !== undefined) shares.push(cpu.share);
  });
  const burn = mustRun(['timeout', '20', 'sh', '-c', 'while :; do :; done'], { timeout: 60_000 }).catch(
    () => '',
  );
  await vi.waitFor(() => expect(Math.max(0, ...shares)).toBeGreaterThan(0.3), { timeout: 30_000 });
  leave();
  await burn;
});

test('without systemd and libvirt their places say so, and the controller itself counts as running', () => {
  const { services, vms, virtualization } = source.current();
  expect(services.find(({ key }) => key === 'controller')?.state).toMatchObject({
    state: 'known',
    value: { active: 'running', pid: process.pid },
  });
  expect(services.find(({ key }) => key === 'libvirt')?.state).toMatchObject({
    state: 'unknown',
    why: { en: 'systemd does not run here' },
  });
  expect(vms).toMatchObject({ state: 'unknown', why: { en: 'libvirt is not running' } });
  expect(virtualization.qemu).toMatchObject({ state: 'unknown' });
});

test('while nobody watches nothing but /proc/stat is read and no program is started', async () => {
  await inventoryEnded();
  reads = [];
  spawned = [];
  // A span in which something would have come: its absence is what is shown.
  await wait(11_000);
  expect(new Set(reads)).toEqual(new Set(['/proc/stat']));
  expect(reads.length).toBeLessThanOrEqual(2);
  expect(started()).toEqual([]);
});

test('while watched, no program is started either, and many watchers cost no more readings than one', async () => {
  await inventoryEnded();
  const told: Partial<Facts>[] = [];
  const leave = Array.from({ length: 10 }, () => source.watch((changed) => told.push(changed)));
  await wait(500);
  reads = [];
  spawned = [];
  await wait(8000);
  const gauges = reads.filter((path) => path === '/proc/meminfo').length;
  expect(gauges).toBeGreaterThanOrEqual(3);
  expect(gauges).toBeLessThanOrEqual(5);
  expect(started()).toEqual([]);
  expect(told.length % 10).toBe(0);
  for (const one of leave) one();
});

test('when nothing can be read, for want of file descriptors say, it starts all the same and says why', async () => {
  const without = createFactsSource({
    role: 'storage',
    version: '1.2.3',
    log: () => {},
    libvirtSockets: [NOWHERE],
    systemd: { busSocket: NOWHERE, bootedFolder: NOWHERE },
    readText: () => {
      throw Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' });
    },
  });
  await without.start();
  without.watch(() => {})();
  const { disks, cpu } = without.current();
  const why = { state: 'unknown', why: { en: 'EMFILE: too many open files' } };
  expect([disks[0]?.space, cpu]).toMatchObject([why, why]);
  await without.stop();
});
