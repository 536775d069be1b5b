import { expect, test } from 'vitest';
import { Fault } from '../../../src/api/fault.ts';
import { cfgItemsIn } from '../../../src/management/resource/baremetal-host-cfg/cfg-items.ts';
import { siteOf } from '../../../src/management/resource/baremetal-host-cfg/site.ts';

const A = '52:54:00:00:00:0a';
const B = '52:54:00:00:00:0b';
const C = '52:54:00:00:00:0c';
const read = (items: Record<string, unknown>) => siteOf(cfgItemsIn(items));

test.each([
  ['one NIC', { nicCfgs: [{ mac: A }] }, { macs: [A], address: 'dhcp', mode: 'active-backup' }],
  [
    'as a text of JSON, with an address',
    { nicCfgs: [`{"mac":"${A.toUpperCase()}","pxe":"true","ip":"192.0.2.7","netmask":"255.255.255.0"}`] },
    { macs: [A], address: '192.0.2.7/255.255.255.0' },
  ],
  [
    'as Python prints it, with empty fields',
    { nicCfgs: [`{'mac': u'${A}', 'pxe': 'true', 'ip': '', 'gateway': u''}`] },
    { macs: [A], address: 'dhcp' },
  ],
  [
    'a bond over three, the NIC that it starts from first',
    {
      nicCfgs: [
        { mac: B, pxe: false },
        { mac: C.replaceAll(':', '-'), pxe: true },
      ],
      bondings: [
        {
          name: 'bond0',
          slaves: `${A}, ${B},${C}`,
          mode: 4,
          ip: '192.0.2.7',
          netmask: '24',
          gateway: '192.0.2.1',
          dns: '192.0.2.53,192.0.2.54',
        },
      ],
    },
    {
      macs: [C, A, B],
      mode: '802.3ad',
      address: '192.0.2.7/24',
      gateway: '192.0.2.1',
      nameservers: ['192.0.2.53', '192.0.2.54'],
    },
  ],
  [
    'a NIC beside, with an address of its own',
    {
      nicCfgs: [
        { mac: B, ip: '198.51.100.7', netmask: '24' },
        { mac: A, pxe: true },
      ],
    },
    { macs: [A], address: 'dhcp', beside: [{ mac: B, address: '198.51.100.7/24' }] },
  ],
  [
    'the NIC that it starts from beside the bond',
    {
      nicCfgs: [{ mac: C, pxe: true }],
      bondings: [{ slaves: [A, B], mode: '802.3ad', ip: '192.0.2.7', netmask: '24' }],
    },
    { macs: [A, B], start: C, address: '192.0.2.7/24', beside: [{ mac: C, nameservers: [] }] },
  ],
])('%s', (_what, items, site) => {
  expect(read(items)).toMatchObject(site);
});

const bond = (more: object, nics: object[] = [{ mac: A, pxe: true }]) => ({
  nicCfgs: nics,
  bondings: [{ slaves: [A, B], mode: '1', ...more }],
});

test.each<[Record<string, unknown>, string]>([
  [{ bondings: [] }, 'cfgItems.nicCfgs: is missing'],
  [{ nicCfgs: [] }, 'cfgItems.nicCfgs: at least 1 entries'],
  [{ nicCfgs: ['{'] }, 'cfgItems.nicCfgs.0: is not valid'],
  [{ nicCfgs: [{ mac: A }], disks: [] }, 'cfgItems: unknown: disks'],
  [{ nicCfgs: [{ mac: A, vlan: 5 }] }, 'cfgItems.nicCfgs.0: unknown: vlan'],
  [{ nicCfgs: [{ mac: 'x' }] }, 'cfgItems.nicCfgs.0.mac: is no MAC address'],
  [{ nicCfgs: [{ mac: A, pxe: 'maybe' }] }, 'cfgItems.nicCfgs.0.pxe: must be one of true, false'],
  [{ nicCfgs: [{ mac: A, pxe: false }] }, 'cfgItems.nicCfgs: pxe must be true for one'],
  [{ nicCfgs: [{ mac: A }, { mac: B }] }, 'cfgItems.nicCfgs: pxe must be true for one'],
  [{ nicCfgs: [{ mac: A, pxe: true }, { mac: A }] }, 'cfgItems.nicCfgs.1.mac: is there twice'],
  [
    {
      nicCfgs: [
        { mac: A, pxe: true },
        { mac: B, ip: '192.0.2.0', netmask: '24' },
      ],
    },
    'cfgItems.nicCfgs.1.ip: is the address of the net',
  ],
  [
    {
      nicCfgs: [
        { mac: B, gateway: '192.0.2.1' },
        { mac: A, pxe: true },
      ],
    },
    'cfgItems.nicCfgs.0.gateway: needs an address',
  ],
  [
    {
      nicCfgs: [
        { mac: A, pxe: true, ip: '192.0.2.7', netmask: '24', gateway: '192.0.2.1' },
        { mac: B, ip: '198.51.100.7', netmask: '24', gateway: '198.51.100.1' },
      ],
    },
    'cfgItems.nicCfgs.1.gateway: is the second one',
  ],
  [{ nicCfgs: [{ mac: A, ip: '192.0.2.7' }] }, 'cfgItems.nicCfgs.0.netmask: is needed as well'],
  [{ nicCfgs: [{ mac: A, netmask: '24' }] }, 'cfgItems.nicCfgs.0.ip: is needed as well'],
  [
    { nicCfgs: [{ mac: A, ip: '192.0.2.0', netmask: '24' }] },
    'cfgItems.nicCfgs.0.ip: is the address of the net',
  ],
  [
    { nicCfgs: [{ mac: A, ip: '192.0.2.7', netmask: '255.0.255.0' }] },
    'cfgItems.nicCfgs.0.netmask: is not a net',
  ],
  [{ nicCfgs: [{ mac: A, gateway: '192.0.2.1' }] }, 'cfgItems.nicCfgs.0.gateway: comes by DHCP'],
  [{ nicCfgs: [{ mac: A, dns: 'x' }] }, 'cfgItems.nicCfgs.0.dns.0: is not an IPv4 address'],
  [{ nicCfgs: [{ mac: A }], firmware: 'coreboot' }, 'cfgItems.firmware: must be one of bios, uefi'],
  [bond({ mode: 2 }), 'cfgItems.bondings.0.mode: 2 is neither 1'],
  [bond({ name: 'bond7' }), 'cfgItems.bondings.0.name: the bond of every node is bond0'],
  [bond({ slaves: [A, B, B] }), 'cfgItems.bondings.0.slaves: has one twice'],
  [bond({}, [{ mac: A, pxe: true, ip: '192.0.2.7' }]), 'cfgItems.nicCfgs.0.ip: belongs to the bond'],
  [
    bond({ gateway: '192.0.2.1', ip: '198.51.100.7', netmask: '24' }),
    'cfgItems.bondings.0.gateway: is not in',
  ],
  [{ nicCfgs: [{ mac: A }], bondings: [{}, {}] }, 'cfgItems.bondings'],
])('%j is refused, by name', (items, says) => {
  let told: Fault | undefined;
  try {
    read(items);
  } catch (thrown) {
    told = Fault.from(thrown);
  }
  expect(told?.kind).toBe('usage');
  expect(told?.words.en).toContain(`field ${says}`);
});
