import { expect, test } from 'vitest';
import type { Action } from '../../src/api/action.ts';
import { parseInput } from '../../src/api/registry.ts';
import { removeDhcp, setDhcp } from '../../src/node/dhcp/schema.ts';
import { ensureImage, removeImage } from '../../src/node/image/schema.ts';
import { ensureL2, removeL2 } from '../../src/node/l2/schema.ts';
import { connectStorage, disconnectStorage } from '../../src/node/storage/local/schema.ts';
import {
  pauseVm,
  powerOffVm,
  rebootVm,
  removeVm,
  resumeVm,
  startVm,
  stopVm,
} from '../../src/node/vm/schema.ts';
import { createVolume, removeVolume } from '../../src/node/volume/schema.ts';

const ID = '0123456789abcdef0123456789abcdef';
const LEASE = { mac: '52:54:00:00:00:01', ip: '192.0.2.9' };
const DHCP = { l3: ID, l2: ID, server: '192.0.2.2', prefix: 24, lease: LEASE };
const DEFINITION = {
  name: '一号',
  cpuNum: 1,
  memorySize: 64 * 2 ** 20,
  volumes: [{ volume: ID, storage: ID }],
  nics: [{ mac: LEASE.mac, l2: ID }],
};
const IMAGE = {
  storage: ID,
  image: ID,
  format: 'qcow2',
  bytes: 1,
  size: 1,
  checksum: `sha256:${'0'.repeat(64)}`,
};
const VOLUME = { storage: ID, volume: ID, size: 512 };
const start = (change: object) => ({ vm: ID, definition: { ...DEFINITION, ...change } });

test('what an order may say is taken', () => {
  const inputs: [Action, object][] = [
    [connectStorage, { storage: ID, path: '/zstack_ps' }],
    [connectStorage, { storage: ID, path: '/var/lib/images' }],
    [disconnectStorage, { storage: ID }],
    [ensureImage, IMAGE],
    [removeImage, { storage: ID, image: ID }],
    [createVolume, VOLUME],
    [removeVolume, { storage: ID, volume: ID }],
    [ensureL2, { l2: ID, nic: 'em01' }],
    [removeL2, { l2: ID }],
    [setDhcp, DHCP],
    [removeDhcp, { l3: ID }],
    [startVm, { vm: ID }],
    [startVm, start({ consolePassword: '12345678' })],
    ...[stopVm, powerOffVm, rebootVm, pauseVm, resumeVm, removeVm].map((action): [Action, object] => [
      action,
      { vm: ID },
    ]),
  ];
  for (const [action, input] of inputs) {
    expect(parseInput(action, input)).toMatchObject(JSON.parse(JSON.stringify(input), hidden));
    expect(action.access).toContain('cluster');
    expect(action.about?.(parseInput(action, input))).toContain(ID);
  }
});

/** A secret is none of those that are compared. */
const hidden = (name: string, value: unknown) => (name === 'consolePassword' ? undefined : value);

test.each<[Action, object, string]>([
  [startVm, { vm: ID.toUpperCase() }, 'vm: is not 32 hex digits in lower case'],
  [startVm, { vm: `${ID}\n../` }, 'vm: is not 32 hex digits in lower case'],
  [startVm, {}, 'vm: is missing'],
  [startVm, start({ name: '' }), 'definition.name: is not a name of 1 to 255 characters that can be seen'],
  [startVm, start({ name: 'a\u001b[2J' }), 'definition.name: is not a name'],
  [startVm, start({ cpuNum: '2' }), 'definition.cpuNum: must be a number'],
  [startVm, start({ cpuNum: 0 }), 'definition.cpuNum: must be 1 or more'],
  [startVm, start({ memorySize: 15 * 2 ** 20 }), 'definition.memorySize: must be 16777216 or more'],
  [startVm, start({ nics: [] }), 'definition.nics: at least 1 entries'],
  [startVm, start({ volumes: [] }), 'definition.volumes: at least 1 entries'],
  [startVm, start({ nics: [{ mac: '01:54:00:00:00:01', l2: ID }] }), 'definition.nics.0.mac: is not the MAC'],
  [startVm, start({ consolePassword: '123456789' }), 'definition.consolePassword: is not 1 to 8'],
  [startVm, start({ videoType: 'gpu' }), 'definition.videoType: must be one of cirrus, vga, qxl'],
  [connectStorage, { storage: ID, path: 'zstack' }, 'path: is not an absolute path'],
  [connectStorage, { storage: ID, path: '/etc/images' }, 'path: /etc belongs to the system'],
  [connectStorage, { storage: ID, path: '/' }, 'path: / belongs to the system'],
  [connectStorage, { storage: ID, path: '/var' }, 'path: /var belongs to the system'],
  [
    connectStorage,
    { storage: ID, path: '/var/lib/zs-node/x' },
    'path: /var/lib/zs-node belongs to the system',
  ],
  [connectStorage, { storage: ID, path: '/data/../etc' }, 'path: has an empty part, . or .. in it'],
  [connectStorage, { storage: ID, path: '/data/' }, 'path: has an empty part, . or .. in it'],
  [ensureImage, { ...IMAGE, format: 'vmdk' }, 'format: must be one of qcow2, raw, iso'],
  [ensureImage, { ...IMAGE, checksum: 'md5:1' }, 'checksum: is not sha256: and 64 hex digits'],
  [createVolume, { ...VOLUME, size: 1000 }, 'size: '],
  [ensureL2, { l2: ID, nic: '../x' }, 'nic: may not contain'],
  [setDhcp, { ...DHCP, lease: { ...LEASE, ip: '192.0.2.9,x' } }, 'lease.ip: is not a valid IPv4 address'],
  [setDhcp, { ...DHCP, lease: { ...LEASE, hostname: 'a\nb' } }, 'lease.hostname: is not a hostname'],
  [setDhcp, { ...DHCP, domain: 'a b' }, 'domain: is not a domain'],
  [setDhcp, { ...DHCP, prefix: 31 }, 'prefix: must be 30 or less'],
])('%o with %j is refused in a line that names the field', (action, input, words) => {
  expect(() => parseInput(action, input)).toThrow(words);
});
