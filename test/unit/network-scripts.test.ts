import { expect, test } from 'vitest';
import { checkedChange } from '../../src/cli/change.ts';
import { PROGRAMS } from '../../src/cli/programs.ts';
import { bondTable, networkTable } from '../../src/cli/tables.ts';
import type { Link } from '../../src/node/network/change/schema/state.ts';

const off = { method: 'disabled' as const, addresses: [], dns: [], routes: [] };
const link = (name: string, kind: Link['kind'], more: Partial<Link> = {}): Link => ({
  name,
  kind,
  ipv4: off,
  ipv6: off,
  managed: true,
  present: true,
  active: true,
  carrier: true,
  addresses: [],
  currentMac: '52:54:00:00:00:01',
  currentMtu: 1500,
  ...more,
});
const lacp = { mode: '802.3ad', options: { miimon: '100', xmit_hash_policy: 'layer2+3' } };
const state = {
  links: [
    link('enp1s0f1', 'physical', { controller: 'bond0' }),
    link('enp1s0f0', 'physical', { controller: 'bond0', carrier: false, up: true }),
    link('bond0', 'bond', { bond: lacp }),
    link('bond0.10', 'vlan', {
      vlan: { parent: 'bond0', id: 10 },
      addresses: ['192.0.2.4/24', '2001:db8::4/64'],
    }),
  ],
  management: 'bond0.10',
};

test('the bond table is the one that administrators know', () => {
  expect(bondTable(state)).toBe(
    `
------------------------------------------------------------------------------
| Bond Name | SLAVE(s) | BONDING_OPTS                                        |
------------------------------------------------------------------------------
| bond0     | enp1s0f1 | miimon=100 mode=4 xmit_hash_policy=layer2+3         |
|           | enp1s0f0 |                                                     |
------------------------------------------------------------------------------`.trim(),
  );
});

test('a bond without ports has a row too, and long names widen the table', () => {
  const name = 'bond_of_storage';
  const [line, head, , row] = bondTable({ links: [link(name, 'bond', { bond: lacp })] }).split('\n');
  expect(row).toBe(
    `| ${name} |          | miimon=100 mode=4 xmit_hash_policy=layer2+3         |`.replace(/ {6}\|$/, '|'),
  );
  expect(head?.length).toBe(line?.length);
});

test('every link is shown with its addresses, then the bonds with a row for each slave', () => {
  expect(networkTable(state)).toBe(
    `
enp1s0f1: <UP,master bond0> mtu 1500
    link/ether 52:54:00:00:00:01
enp1s0f0: <NO-CARRIER,master bond0> mtu 1500
    link/ether 52:54:00:00:00:01
bond0: <UP> mtu 1500
    link/ether 52:54:00:00:00:01
bond0.10@bond0: <UP,MN> mtu 1500
    link/ether 52:54:00:00:00:01
    inet 192.0.2.4/24
    inet6 2001:db8::4/64
------------------------------------------------------------------------------
| Bond Name | SLAVE    | BONDING_OPTS                                        |
------------------------------------------------------------------------------
| bond0     | enp1s0f1 | miimon=100 mode=4 xmit_hash_policy=layer2+3         |
| bond0     | enp1s0f0 | miimon=100 mode=4 xmit_hash_policy=layer2+3         |
------------------------------------------------------------------------------`.trim(),
  );
});

/** What the script would ask for, or its complaint. */
function asked(name: string, flag: string, ...words: string[]): unknown {
  const verb = PROGRAMS.find((program) => program.name === name)?.verbs.find((each) => each.flag === flag);
  if (verb === undefined) return 'no such verb';
  try {
    return checkedChange(verb, words);
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : thrown;
  }
}

test.each<[string[], unknown]>([
  [
    ['zs-network-setting', '-i', 'eth0.10', '192.0.2.4', '255.255.255.0', '192.0.2.1'],
    {
      kind: 'setAddress',
      link: 'eth0.10',
      address: '192.0.2.4',
      netmask: '255.255.255.0',
      gateway: '192.0.2.1',
      bridge: false,
    },
  ],
  [
    ['zs-network-setting', '-b', 'eth0', '192.0.2.4', '24'],
    { kind: 'setAddress', link: 'eth0', address: '192.0.2.4', netmask: '24', gateway: '', bridge: true },
  ],
  [['zs-network-setting', '-d', 'eth0'], { kind: 'clearAddress', link: 'eth0' }],
  [['zs-change-nic', '-c', 'eth0', 'em01'], { kind: 'rename', from: 'eth0', to: 'em01' }],
  [['zs-vlan', '-c', 'eth0', '10'], { kind: 'createVlan', parent: 'eth0', id: '10' }],
  [
    ['zs-vlan', '-c', 'enp129s0f0np0', '12', 'mgmt.12'],
    { kind: 'createVlan', parent: 'enp129s0f0np0', id: '12', name: 'mgmt.12' },
  ],
  [
    ['zs-network-setting', '-a', 'eth0', '192.0.2.5', '24'],
    { kind: 'addAddress', link: 'eth0', address: '192.0.2.5', netmask: '24' },
  ],
  [
    ['zs-network-setting', '-r', 'eth0', '192.0.2.5'],
    { kind: 'removeAddress', link: 'eth0', address: '192.0.2.5' },
  ],
  [['zs-network-setting', '-r', 'eth0', '192.0.2'], 'ADDRESS: is not a valid IPv4 or IPv6 address'],
  [['zs-change-nic', '-c', 'em01', 'eno1.100'], 'NEW: is the name of VLAN 100 on eno1'],
  [['zs-change-nic', '-c', 'em01', 'bond0'], 'NEW: is a name that a kernel module or a service takes'],
  [['zs-change-nic', '-c', 'em01', 'a\\b"c;d'], 'NEW: may hold letters, digits, ".", "_" and "-" only'],
  [['zs-change-nic', '-c', 'a"b', 'em09'], { kind: 'rename', from: 'a"b', to: 'em09' }],
  [['zs-vlan', '-d', 'eth0', '10'], { kind: 'deleteVlan', parent: 'eth0', id: '10' }],
  [
    ['zs-bond-lacp', '-c', 'bond0'],
    { kind: 'createBond', name: 'bond0', mode: '802.3ad', members: [], allowEmpty: true },
  ],
  [['zs-bond-lacp', '-d', 'bond0'], { kind: 'deleteBond', name: 'bond0' }],
  [
    ['zs-bond', '-c', 'bond0', '1', 'miimon=50'],
    {
      kind: 'createBond',
      name: 'bond0',
      mode: '1',
      options: { miimon: '50' },
      members: [],
      allowEmpty: true,
    },
  ],
  [['zs-bond', '-u', 'bond0', 'balance-alb'], { kind: 'changeBond', name: 'bond0', mode: 'balance-alb' }],
  [['zs-bond', '-d', 'bond0'], { kind: 'deleteBond', name: 'bond0' }],
  [['zs-nic-to-bond', '-a', 'bond0', 'em01'], { kind: 'attach', bond: 'bond0', nic: 'em01' }],
  [['zs-nic-to-bond', '-d', 'bond0', 'em01'], { kind: 'detach', bond: 'bond0', nic: 'em01' }],
  [['zs-vlan', '-c', 'eth0'], '-c takes NIC VLAN [NAME]'],
  [['zs-vlan', '-c', 'eth0', '0'], 'VLAN: is not from 1 to 4094'],
  [['zs-vlan', '-d', 'eth0', 'ten'], 'VLAN: must be a number'],
  [['zs-vlan', '-c', '', '10'], 'NIC: is empty'],
  [['zs-network-setting', '-i', 'eth0', '192.0.2', '24'], 'ADDRESS: is not a valid IPv4 or IPv6 address'],
  [
    ['zs-network-setting', '-i', 'eth0', '192.0.2.4', '255.0.255.0'],
    'NETMASK: is not a netmask: its ones have holes',
  ],
  [
    ['zs-network-setting', '-i', 'eth0', '192.0.2.4', '24', '192.0.3.1'],
    'GATEWAY: is not in one subnet with 192.0.2.4/24',
  ],
  [['zs-bond', '-c', 'bond0', '9'], 'MODE: "9" is no bond mode (0 to 6, or a name such as 802.3ad)'],
  [
    ['zs-bond', '-c', 'bond0', '1', 'lacp_rate=fast'],
    'OPTION: lacp_rate is not allowed in mode active-backup',
  ],
  [
    ['zs-change-nic', '-c', 'eth0', 'a_name_of_16_chars'],
    'NEW: has 18 characters, the kernel takes 15; "a_name_of_1" would fit',
  ],
])('%j', ([name = '', flag = '', ...words], expected) => {
  const answer = asked(name, flag, ...words);
  if (typeof expected === 'string') expect(String(answer).slice(0, 40)).toBe(expected.slice(0, 40));
  else expect(answer).toEqual(expected);
});
