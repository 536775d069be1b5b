import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Board } from '../../../src/node/facts/board.ts';
import { NOT_READ } from '../../../src/node/facts/not-read.ts';
import type { ServiceFact } from '../../../src/node/facts/schema.ts';
import type { Supplier } from '../../../src/node/facts/supplier.ts';
import { servicesSupplier } from '../../../src/node/services/supplier.ts';
import { openSystemBus } from '../../../src/system/dbus.ts';
import { SystemdDouble } from './systemd-double.ts';

// A real bus; systemd itself runs on the booted machine.

const IDENTITY = { role: 'storage', hostname: 'h', version: '1', os: 'o', kernel: 'k' } as const;
const RUNNING = { LoadState: 'loaded', ActiveState: 'active', SubState: 'running', MainPID: 77 };

const MANAGER = {
  destination: 'org.freedesktop.systemd1',
  path: '/',
  interface: 'org.freedesktop.systemd1.Manager',
};

let systemd: SystemdDouble;
let board: Board;
let supplier: Supplier;

beforeEach(async () => {
  systemd = new SystemdDouble();
  systemd.units.set('libvirtd.service', RUNNING);
  await systemd.start();
  board = new Board({ ...NOT_READ, identity: IDENTITY }, () => ({}));
  supplier = servicesSupplier(board, 'storage', systemd.place);
  await supplier.start?.();
});
afterEach(async () => {
  await supplier.stop?.();
  await systemd.end();
  expect(systemd.refused).toEqual([]);
});

const service = (key: ServiceFact['key']): ServiceFact | undefined =>
  board.facts.services.find((one) => one.key === key);
const becomes = (key: ServiceFact['key'], state: object) =>
  vi.waitFor(() => expect(service(key)?.state).toMatchObject(state), { timeout: 60_000, interval: 10 });

test('the unit that is installed stands for its service; one that is not says so', () => {
  expect(service('libvirt')).toMatchObject({
    unit: 'libvirtd.service',
    state: { state: 'known', value: { active: 'running', pid: 77 } },
  });
  expect(service('ocfs2')?.state).toMatchObject({ state: 'unknown', why: { en: 'not installed' } });
  expect(service('controller')?.state).toMatchObject({
    value: { active: 'running', pid: process.pid, detail: 'started by hand' },
  });
});

test('each change is followed by events', async () => {
  systemd.change('libvirtd.service', {
    ActiveState: 'failed',
    SubState: 'failed',
    Result: 'oom-kill',
    MainPID: 0,
  });
  await becomes('libvirt', { value: { active: 'failed', detail: 'oom-kill' } });
  systemd.change('libvirtd.service', { ActiveState: 'active', SubState: 'running', MainPID: 78 });
  await becomes('libvirt', { value: { active: 'running', pid: 78 } });
  systemd.change('libvirtd.service', { ActiveState: 'inactive', SubState: 'dead', MainPID: 0 });
  await becomes('libvirt', { value: { active: 'stopped' } });
  systemd.change('libvirtd.socket', { ActiveState: 'active', SubState: 'listening' });
  await becomes('libvirt', { value: { active: 'stopped', detail: 'starts on demand' } });
});

test.each([
  ['active', 'running', { active: 'running' }],
  ['reloading', 'reload', { active: 'running', detail: 'reload' }],
  ['refreshing', 'refresh', { active: 'running' }],
  ['activating', 'start-pre', { active: 'starting' }],
  ['activating', 'auto-restart', { active: 'starting', detail: 'auto-restart' }],
  ['activating', 'auto-restart-queued', { active: 'starting', detail: 'auto-restart-queued' }],
  ['deactivating', 'stop-sigterm', { active: 'stopping' }],
  ['maintenance', 'dead', { active: 'stopping' }],
  ['failed', 'failed', { active: 'failed' }],
  ['inactive', 'dead', { active: 'stopped' }],
])('%s (%s) is told', async (ActiveState, SubState, value) => {
  systemd.change('libvirtd.service', { ActiveState, SubState, MainPID: 0 });
  await becomes('libvirt', { state: 'known', value });
});

test('a service that is installed later is found', async () => {
  systemd.install('ocfs2.service', { ...RUNNING, SubState: 'exited', MainPID: 0 });
  await becomes('ocfs2', { state: 'known', value: { active: 'running', detail: 'exited' } });
});

test('when the bus ends the last states are stale with the reason; when it is back they are read anew', async () => {
  await systemd.stop();
  await becomes('libvirt', { state: 'stale', why: { en: 'D-Bus is not running' }, value: { pid: 77 } });
  systemd.units.set('libvirtd.service', { ...RUNNING, MainPID: 99 });
  systemd.subscribed = false;
  await systemd.start();
  await becomes('libvirt', { state: 'known', value: { pid: 99 } });
  systemd.change('libvirtd.service', { MainPID: 100 });
  await becomes('libvirt', { state: 'known', value: { pid: 100 } });
});

test('an answer is not kept as long as the bus', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const bus = await openSystemBus(systemd.place.busSocket);
  const names = Array.from({ length: 200 }, (_, at) => `unit${at}.service`);
  const askOften = async () => {
    for (let round = 0; round < 40; round++) await bus.call(MANAGER, 'ListUnitsByNames', 'as', [names]);
    collect();
    return process.memoryUsage().heapUsed;
  };
  let before = await askOften();
  let grown = Number.POSITIVE_INFINITY;
  // What the runtime itself takes comes now and then; answers that were kept would be there after each round.
  for (let round = 0; round < 5 && grown >= 500_000; round++) {
    const after = await askOften();
    [grown, before] = [after - before, after];
  }
  expect(grown).toBeLessThan(500_000);
  bus.close();
});

test('systemd is not on the bus', async () => {
  systemd.vanish();
  const bus = await openSystemBus(systemd.place.busSocket);
  await expect(bus.call(MANAGER, 'Subscribe')).rejects.toMatchObject({ kind: 'unavailable' });
  bus.close();
});

test('no bus at all', async () => {
  await expect(openSystemBus('/nonexistent/bus')).rejects.toMatchObject({
    kind: 'unavailable',
    words: { en: 'D-Bus is not running' },
  });
});

test('a server that the management service does not use is no stopped service', async () => {
  systemd.units.set('mariadb.service', { LoadState: 'loaded', ActiveState: 'inactive', SubState: 'dead' });
  const folder = await mkdtemp(join(tmpdir(), 'zs-services-'));
  const properties = join(folder, 'zstack.properties');
  const stateFor = async (text: string) => {
    await writeFile(properties, text);
    const own = new Board({ ...NOT_READ, identity: { ...IDENTITY, role: 'management' } }, () => ({}));
    const node = servicesSupplier(own, 'management', systemd.place, properties);
    await node.start?.();
    await node.stop?.();
    return own.facts.services.find(({ key }) => key === 'database')?.state;
  };
  expect(await stateFor('')).toMatchObject({
    state: 'unknown',
    why: { en: expect.stringMatching(/not used/) },
  });
  expect(await stateFor('DB.url = jdbc:mysql://127.0.0.1:3306\n')).toMatchObject({
    value: { active: 'stopped' },
  });
  await rm(folder, { recursive: true });
});
