import { expect, test } from 'vitest';
import { known, stale, unknown } from '../../../src/api/reading.ts';
import { same } from '../../../src/api/words.ts';
import { attentionOf } from '../../../src/controller/facts/attention.ts';
import { NOT_READ } from '../../../src/node/facts/not-read.ts';
import type { DiskFact, Nic, ServiceFact } from '../../../src/node/facts/schema.ts';

const IDENTITY = { role: 'compute', hostname: 'h', version: '1', os: 'o', kernel: 'k' } as const;
const why = same('it does not answer');

const nic = (change: Partial<Nic> = {}): Nic => ({
  ...{ name: 'em01', kind: 'physical', mac: '02:00:00:00:00:01', mtu: 1500 },
  ...{ up: true, adminUp: true, carrier: true, addresses: ['192.0.2.4/24'], ports: [], management: true },
  ...change,
});
const disk = (key: DiskFact['key'], free: number, change: Partial<DiskFact> = {}): DiskFact => ({
  ...{ key, label: same(key), path: `/${key}`, nearlyFull: false },
  space: known({ total: 100e9, free, readOnly: false }),
  ...change,
});
const service = (active: 'running' | 'failed' | 'starting' | 'stopped', detail?: string): ServiceFact => ({
  ...{ key: 'libvirt', label: same('libvirt'), unit: 'libvirtd.service' },
  state: known({ active, ...(detail === undefined ? {} : { detail }) }),
});
const usage = (share: number) => known({ share, history: [] });
const HEALTHY = {
  ...NOT_READ,
  identity: IDENTITY,
  nics: known([nic()]),
  clock: { ...NOT_READ.clock, synced: known(true) },
  disks: [disk('logs', 50e9)],
  services: [service('running')],
  memory: usage(0.5),
};

const readOnly = known({ total: 100e9, free: 50e9, readOnly: true });
const silent = stale({ total: 100e9, free: 50e9, readOnly: false }, 0, why);
const failing = [{ device: '/dev/sda', model: 'x', size: 1, health: known('FAILED') }];
/** To a management node whose clock is so many milliseconds ahead. */
const linked = (ahead: number) => ({
  cluster: {
    joined: true,
    link: known({ managementAddress: '192.0.2.1', connectedSince: 0, lastHeartbeat: 0, ahead }),
  },
});
const vm = { uuid: 'u', name: 'web', state: 'crashed' } as const;

test('clocks that are a little apart want nobody', () => {
  for (const ahead of [-50_000, 0, 50_000]) expect(attentionOf({ ...HEALTHY, ...linked(ahead) })).toEqual([]);
});

test('a healthy node, and one of which nothing is known yet, want nobody but for its address', () => {
  expect(attentionOf(HEALTHY)).toEqual([]);
  expect(attentionOf({ ...NOT_READ, identity: IDENTITY })).toEqual([]);
});

test.each([
  ['warn', 'logs: nearly full', { disks: [disk('logs', 1e9, { nearlyFull: true })] }],
  ['bad', 'logs: read-only', { disks: [disk('logs', 50e9, { space: readOnly })] }],
  ['bad', 'logs: it does not answer', { disks: [disk('logs', 1, { space: silent })] }],
  [
    'warn',
    'backup folder below 2 GB: the next backup may fail',
    { disks: [disk('backup', 1e9, { nearlyFull: true })] },
  ],
  ['warn', 'clock is not kept in step by NTP', { clock: { ...NOT_READ.clock, synced: known(false) } }],
  ['bad', 'clock is 3 years behind the management node’s', linked(3 * 366 * 86_400_000)],
  ['bad', 'clock is 47 hours ahead of the management node’s', linked(-47.5 * 3_600_000)],
  ['bad', 'clock is 1 minute behind the management node’s', linked(100_000)],
  [
    'bad',
    'NetworkManager is stopped: no network can be changed',
    { services: [{ ...service('stopped'), key: 'network' as const }] },
  ],
  ['bad', 'libvirt failed (oom-kill)', { services: [service('failed', 'oom-kill')] }],
  ['warn', 'libvirt ends and is started again', { services: [service('starting', 'auto-restart')] }],
  ['bad', 'management NIC not known: choose it', { nics: known([nic({ management: false })]) }],
  ['bad', 'no NIC has an address: set one', { nics: known([nic({ management: false, addresses: [] })]) }],
  ['bad', 'management NIC em01 has no address', { nics: known([nic({ addresses: [] })]) }],
  ['bad', 'management NIC em01 is down', { nics: known([nic({ up: false })]) }],
  [
    'warn',
    'em02: bond port without carrier',
    {
      nics: known([
        nic(),
        nic({ name: 'em02', management: false, trouble: same('bond port without carrier') }),
      ]),
    },
  ],
  ['warn', 'memory is nearly used up', { memory: usage(0.96) }],
  ['bad', 'memory is nearly used up', { memory: usage(0.99) }],
  ['bad', 'disk /dev/sda fails: SMART', { hardware: { ...NOT_READ.hardware, disks: known(failing) } }],
  ['bad', 'VM web crashed', { vms: known([vm]) }],
  ['warn', 'VMs: it does not answer', { vms: stale([], 0, why) }],
])('%s: %s', (level, words, change) => {
  expect(attentionOf({ ...HEALTHY, ...change })).toMatchObject([{ level, words: { en: words } }]);
});

test('what cannot be read is told in its own place, not here', () => {
  const blind = { nics: unknown(why), vms: unknown(why), memory: unknown(why), disks: [] };
  expect(attentionOf({ ...HEALTHY, ...blind })).toEqual([]);
});

test('folders on one file system share a line, and the gravest comes first', () => {
  const disks = [
    disk('install', 2e9, { nearlyFull: true }),
    disk('logs', 2e9, { nearlyFull: true }),
    disk('storage', 3e9, { space: readOnly }),
  ];
  expect(attentionOf({ ...HEALTHY, disks }).map(({ words }) => words.en)).toEqual([
    'storage: read-only',
    'install, logs: nearly full',
  ]);
});

test('every line is told in both languages', () => {
  const found = attentionOf({ ...HEALTHY, memory: usage(0.99), nics: known([]) });
  for (const { words } of found) expect(words.zh).toMatch(/[\u4e00-\u9fff]/);
});

test('a database that is stopped under a service that is to run is named as the cause; one at rest is not', () => {
  const database = { ...service('stopped'), key: 'database' as const, label: same('Database') };
  const management = (active: 'starting' | 'stopped') => ({ ...service(active), key: 'management' as const });
  const told = (active: 'starting' | 'stopped') =>
    attentionOf({ ...HEALTHY, services: [management(active), database] }).map(({ words }) => words.en);
  expect(told('starting')).toEqual(['Database is stopped: the management service cannot work without it']);
  expect(told('stopped')).toEqual([]);
});
