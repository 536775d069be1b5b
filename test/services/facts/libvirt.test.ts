import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { latestOf } from '../../../src/api/reading.ts';
import { Board } from '../../../src/node/facts/board.ts';
import { NOT_READ } from '../../../src/node/facts/not-read.ts';
import type { Vm } from '../../../src/node/facts/schema.ts';
import type { Supplier } from '../../../src/node/facts/supplier.ts';
import { vmsSupplier } from '../../../src/node/vm/supplier.ts';
import { openHypervisor } from '../../../src/system/libvirt/hypervisor.ts';
import { LibvirtDaemon, missingForLibvirt } from './libvirt-daemon.ts';

// Against a real libvirtd with QEMU guests, and what virsh says of the same.

const IDENTITY = { role: 'compute', hostname: 'h', version: '1', os: 'o', kernel: 'k' } as const;
const missing = missingForLibvirt();

let daemon: LibvirtDaemon;
let board: Board;
let supplier: Supplier;

beforeAll(async () => {
  if (missing !== undefined) return;
  daemon = new LibvirtDaemon();
  await daemon.start();
});
afterAll(async () => daemon?.end());

beforeEach(async ({ skip }) => {
  skip(missing !== undefined, `${missing} is missing`);
  board = new Board({ ...NOT_READ, identity: IDENTITY }, () => ({}));
  supplier = vmsSupplier(board, ['/nonexistent/virtqemud-sock-ro', daemon.socket]);
  await supplier.start?.();
});
afterEach(async () => supplier?.stop?.());

const vm = (name: string): Vm | undefined => latestOf(board.facts.vms)?.find((one) => one.name === name);
const becomes = (name: string, state: Vm['state'] | undefined, timeout = 30_000) =>
  vi.waitFor(() => expect(vm(name)?.state).toBe(state), { timeout, interval: 10 });

test('the versions are those that virsh tells', async () => {
  const told = await daemon.virsh('version');
  const { libvirt, qemu } = board.facts.virtualization;
  expect(libvirt).toEqual({ state: 'known', value: /Using library: libvirt (\S+)/.exec(told)?.[1] });
  expect(qemu).toEqual({ state: 'known', value: /Running hypervisor: QEMU (\S+)/.exec(told)?.[1] });
});

test('a VM’s whole life is followed by events: defined, running, paused, resumed, ended, gone', async () => {
  const uuid = await daemon.define('life', 64, 2);
  await becomes('life', 'stopped');
  expect(vm('life')).toEqual({ uuid, name: 'life', vcpus: 2, memory: 64 * 2 ** 20, state: 'stopped' });
  await daemon.virsh('start', 'life');
  await becomes('life', 'running');
  expect(await daemon.virsh('domstate', 'life')).toBe('running');
  await daemon.virsh('suspend', 'life');
  await becomes('life', 'paused');
  await daemon.virsh('resume', 'life');
  await becomes('life', 'running');
  await daemon.virsh('destroy', 'life');
  await becomes('life', 'stopped');
  await daemon.virsh('undefine', 'life');
  await becomes('life', undefined);
});

test('fifty VMs are what virsh lists, in the order of their names', async () => {
  const names = Array.from({ length: 50 }, (_, i) => `many-${String(i).padStart(2, '0')}`);
  for (const name of names)
    await daemon.define(name, 16 + names.indexOf(name), 1 + (names.indexOf(name) % 3));
  await vi.waitFor(() => expect(latestOf(board.facts.vms)).toHaveLength(50), { timeout: 30_000 });
  const info = await daemon.virsh('dominfo', 'many-37');
  expect(info).toContain(`Max memory:     ${(vm('many-37')?.memory ?? 0) / 1024} KiB`);
  expect(info).toContain(`CPU(s):         ${vm('many-37')?.vcpus}`);
  expect(latestOf(board.facts.vms)?.map(({ name }) => name)).toEqual(names);
  for (const name of names) await daemon.virsh('undefine', name);
});

test('a daemon that hangs makes the list stale with the reason, and it comes back by itself', async () => {
  await daemon.define('kept', 64, 1);
  await becomes('kept', 'stopped');
  daemon.signal('SIGSTOP');
  try {
    await vi.waitFor(() => expect(board.facts.vms.state).toBe('stale'), { timeout: 40_000, interval: 100 });
    expect(board.facts.vms).toMatchObject({ why: { en: 'libvirt does not answer' } });
    expect(vm('kept')).toBeDefined();
  } finally {
    daemon.signal('SIGCONT');
  }
  await vi.waitFor(() => expect(board.facts.vms.state).toBe('known'), { timeout: 40_000, interval: 100 });
  await daemon.virsh('undefine', 'kept');
});

test('a daemon that crashed and came back is read anew: what changed meanwhile is there', async () => {
  await daemon.define('before', 64, 1);
  await becomes('before', 'stopped');
  await daemon.kill();
  await vi.waitFor(() => expect(board.facts.vms.state).toBe('stale'), { timeout: 30_000 });
  expect(board.facts.vms).toMatchObject({ why: { en: 'libvirt is not running' } });
  await daemon.start();
  await daemon.define('after', 64, 1);
  await vi.waitFor(() => expect(board.facts.vms.state).toBe('known'), { timeout: 40_000 });
  await becomes('after', 'stopped');
  await becomes('before', 'stopped');
});

test('an idle connection lives on by the daemon’s signs of life', async () => {
  let closed = false;
  const hypervisor = await openHypervisor(daemon.socket, 'urn:none', () => {});
  void hypervisor.closed.then(() => {
    closed = true;
  });
  // Longer than the silence after which a connection counts as dead.
  await wait(26_000);
  expect(closed).toBe(false);
  expect(await hypervisor.listDomains()).toBeInstanceOf(Array);
  hypervisor.close();
});
