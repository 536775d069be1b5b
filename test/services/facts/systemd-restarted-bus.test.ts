import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Board } from '../../../src/node/facts/board.ts';
import { NOT_READ } from '../../../src/node/facts/not-read.ts';
import { servicesSupplier } from '../../../src/node/services/supplier.ts';
import { OwnInit } from '../own-init.ts';

// A real systemd as first process, and its bus.

const IDENTITY = { role: 'storage', hostname: 'h', version: '1', os: 'o', kernel: 'k' } as const;
const UNIT = '[Service]\nExecStart=/usr/bin/sleep infinity\n';

let init: OwnInit;
beforeAll(async () => {
  init = new OwnInit();
  await init.start();
  init.inside(['sh', '-c', 'cat > /run/systemd/system/libvirtd.service'], UNIT);
  init.inside(['systemctl', 'daemon-reload']);
}, 300_000);
afterAll(() => init?.end());

test('when the bus dies under a real systemd, its units are followed again on the next one', async () => {
  const board = new Board({ ...NOT_READ, identity: IDENTITY }, () => ({}));
  const libvirt = () => board.facts.services.find(({ key }) => key === 'libvirt')?.state;
  const supplier = servicesSupplier(board, 'storage', {
    busSocket: join(init.root, 'run/dbus/system_bus_socket'),
    bootedFolder: init.root,
  });
  await supplier.start?.();
  const becomes = (active: string) =>
    vi.waitFor(
      () => {
        expect(libvirt()).toMatchObject({ state: 'known', value: { active } });
      },
      { timeout: 60_000, interval: 2 },
    );
  try {
    await becomes('stopped');
    for (let round = 0; round < 3; round++) {
      init.inside(['systemctl', 'start', 'libvirtd.service']);
      await becomes('running');
      const before = init.inside(['systemctl', 'show', '-P', 'MainPID', 'dbus.service']);
      init.inside(['kill', '-KILL', before]);
      await vi.waitFor(() => expect(libvirt()?.state).toBe('stale'), { timeout: 60_000, interval: 2 });
      await becomes('running');
      expect(init.inside(['systemctl', 'show', '-P', 'MainPID', 'dbus.service'])).not.toBe(before);
      init.inside(['systemctl', 'stop', 'libvirtd.service']);
      await becomes('stopped');
    }
  } finally {
    await supplier.stop?.();
  }
});
