import { expect, test } from 'vitest';
import { issueWords } from '../../src/api/issue-words.ts';
import { hostProblem, prefixOf } from '../../src/node/network/change/schema/address.ts';
import { BOND_MODES, defaultOptions, optionsProblem } from '../../src/node/network/change/schema/bond.ts';
import { change } from '../../src/node/network/change/schema/change.ts';
import { bridgeName, NAME_LIMIT, shortened } from '../../src/node/network/change/schema/names.ts';

/** The first complaint as `field: reason`. */
function complaint(input: object): string {
  const result = change.safeParse(input);
  if (result.success) return 'accepted';
  const issue = result.error.issues[0];
  return `${issue?.path.join('.')}: ${issueWords(issue).en}`;
}

const address = (over: object) => ({
  kind: 'setAddress',
  link: 'em01',
  address: '192.0.2.4',
  netmask: '24',
  ...over,
});
const bond = (over: object) => ({ kind: 'createBond', name: 'bond0', mode: '1', members: ['em01'], ...over });
const vlan = (over: object) => ({ kind: 'createVlan', parent: 'em01', id: 20, ...over });

test.each<[object, string]>([
  [address({}), 'accepted'],
  [address({ netmask: '255.255.255.0', gateway: '192.0.2.1' }), 'accepted'],
  [address({ netmask: '31', address: '192.0.2.0', gateway: '192.0.2.1' }), 'accepted'],
  [address({ address: '2001:db8::4', netmask: '64', gateway: 'fe80::1' }), 'accepted'],
  [address({ address: '' }), 'address: is empty'],
  [address({ netmask: '' }), 'netmask: is empty'],
  [address({ address: '192.0.2' }), 'address: is not a valid'],
  [address({ address: '010.0.0.1' }), 'address: is not a valid'],
  [address({ address: '0x7f.1' }), 'address: is not a valid'],
  [address({ address: '192.0.2.256' }), 'address: is not a valid'],
  [address({ address: '192.0.2.4/24' }), 'address: is not a valid'],
  [address({ address: 'fe80::1%em01', netmask: '64' }), 'address: is not a valid'],
  [address({ address: 'em01' }), 'address: is not a valid'],
  [address({ address: '192.0.2.0' }), 'address: is the address of the network'],
  [address({ address: '192.0.2.255' }), 'address: is the broadcast'],
  [address({ address: '224.0.0.5' }), 'address: is a multicast'],
  [address({ address: '127.0.0.9', netmask: '8' }), 'address: is a loopback'],
  [address({ address: '0.0.0.5', netmask: '8' }), 'address: is in a reserved'],
  [address({ address: '::', netmask: '64' }), 'address: is the unspecified'],
  [address({ address: '::ffff:192.0.2.4', netmask: '120' }), 'address: is an IPv4 address in IPv6 notation'],
  [address({ address: 'ff02::1', netmask: '64' }), 'address: is a multicast'],
  [address({ netmask: '255.0.255.0' }), 'netmask: is not a netmask'],
  [address({ netmask: '33' }), 'netmask: is not a prefix length'],
  [address({ netmask: '0' }), 'netmask: is not a prefix length'],
  [address({ netmask: '0.0.0.0' }), 'netmask: is not a netmask'],
  [address({ netmask: 'abc' }), 'netmask: is neither'],
  [address({ address: '2001:db8::4', netmask: '255.255.255.0' }), 'netmask: is not a prefix length'],
  [address({ gateway: '198.51.100.1' }), 'gateway: is not in one subnet'],
  [address({ gateway: '192.0.2.4' }), 'gateway: is the same as the address'],
  [address({ gateway: '192.0.2.255' }), 'gateway: is the broadcast'],
  [address({ gateway: '2001:db8::1' }), 'gateway: is not a valid IPv4'],
  [address({ gateway: 'router' }), 'gateway: is not a valid IPv4'],
  [address({ dns: ['192.0.2.53', 'dns'] }), 'dns: is not a list'],
  [address({ mtu: '40' }), 'mtu: is below 68'],
  [address({ mtu: 'big' }), 'mtu: must be a number'],
  [address({ mtu: '70000' }), 'mtu: is above'],
  [address({ link: '' }), 'link: is empty'],
  [address({ link: 'em 01' }), 'link: may not contain'],
  [bond({}), 'accepted'],
  [bond({ members: [] }), 'members: are missing'],
  [bond({ members: [], allowEmpty: true }), 'accepted'],
  [bond({ members: ['em01', 'em01'] }), 'members: name one NIC twice'],
  [bond({ mode: '7' }), 'mode: "7" is no bond mode'],
  [bond({ mode: '' }), 'mode: "" is no bond mode'],
  [
    bond({ mode: '1', options: { lacp_rate: 'fast' } }),
    'options: lacp_rate is not allowed in mode active-backup',
  ],
  [bond({ mode: '4', options: { primary: 'em01' } }), 'options: primary is not allowed in mode 802.3ad'],
  [
    bond({ mode: '6', options: { arp_interval: '100', arp_ip_target: '192.0.2.1' } }),
    'options: arp_interval is not allowed',
  ],
  [bond({ mode: '1', options: { arp_interval: '100' } }), 'options: arp_interval needs arp_ip_target'],
  [
    bond({ mode: '1', options: { arp_interval: '100', arp_ip_target: '192.0.2.1', miimon: '100' } }),
    'options: miimon and arp_interval',
  ],
  [bond({ mode: '1', options: { miimon: 'often' } }), 'options: miimon does not take "often"'],
  [bond({ mode: '1', options: { 'no option': '1' } }), 'options: "no option" is not a bond option'],
  [bond({ name: 'bond_with_long_name' }), 'name: has 19 characters'],
  [bond({ name: 'lo' }), 'name: "lo" is a reserved name'],
  [bond({ name: 'bonding_masters' }), 'name: "bonding_masters" is a reserved name'],
  [bond({ name: '..' }), 'name: ".." is a reserved name'],
  [bond({ name: 'a/b' }), 'name: may not contain'],
  [bond({ address: '192.0.2.4' }), 'netmask: is empty'],
  [bond({ gateway: '192.0.2.1' }), 'address: is empty, but'],
  [address({ more: ['198.51.100.4/24', '192.0.2.5/32'] }), 'accepted'],
  [address({ more: ['198.51.100.4'] }), 'more: 198.51.100.4 is no address with its prefix'],
  [address({ more: ['192.0.2.4/24'] }), 'more: 192.0.2.4/24 is given twice'],
  [address({ more: ['2001:db8::4/64'] }), 'more: 2001:db8::4/64 is not of the same family'],
  [address({ more: ['198.51.100.255/24'] }), 'more: 198.51.100.255/24 is the broadcast'],
  [address({ address: '203.0.113.44', netmask: '32', gateway: '203.0.113.1' }), 'accepted'],
  [address({ address: '203.0.113.44', netmask: '32', gateway: '127.0.0.1' }), 'gateway: is a loopback'],
  [address({ address: '2001:db8::4', netmask: '64', gateway: '2001:db9::1' }), 'accepted'],
  [address({ address: '2001:db8::4', netmask: '64', gateway: 'fe80::1%em01' }), 'accepted'],
  [
    address({ address: '2001:db8::4', netmask: '64', gateway: '2001:db8::1%em01' }),
    'gateway: is not a valid IPv6',
  ],
  [address({ dns: ['192.0.2.53#dns.example', 'dns+tls://[fd00::1]:853'] }), 'accepted'],
  [bond({ name: 'bond0.7' }), 'name: is the name of VLAN 7 on bond0'],
  [vlan({ name: 'bond0' }), 'name: is a name that a kernel module'],
  [vlan({ name: '12' }), 'name: is a number'],
  [vlan({}), 'accepted'],
  [vlan({ id: '4094' }), 'accepted'],
  [vlan({ id: 0 }), 'id: is not from 1 to 4094'],
  [vlan({ id: 4095 }), 'id: is not from 1 to 4094'],
  [vlan({ id: 'ten' }), 'id: must be a number'],
  [vlan({ id: '1.5' }), 'id: must be a whole number'],
  [vlan({ id: '' }), 'id: is not from 1 to 4094'],
  [{ kind: 'rename', from: 'em01', to: 'em\u00a001' }, 'to: may not contain'],
  [{ kind: 'format' }, 'kind: is not valid'],
])('input %j: %s', (input, expected) => {
  expect(complaint(input)).toContain(expected);
});

test('the options that a mode gets by itself are allowed in it', () => {
  for (const mode of BOND_MODES) expect(optionsProblem(mode, defaultOptions(mode))).toBeUndefined();
});

test('a bridge is named after its link, and stays unique when it is cut', () => {
  expect(bridgeName('em01')).toBe('br_em01');
  expect(bridgeName('eth0.10')).toBe('br_eth0_10');
  const long = ['enp130s0f0np0.10', 'enp130s0f1np0.10', 'enp130s0f0np0.1', 'enp130s0f0np0'].map(bridgeName);
  expect(new Set(long).size).toBe(long.length);
  for (const name of long) expect(name.length).toBeLessThanOrEqual(NAME_LIMIT);
  expect(shortened('enp130s0f0np0.4094')).toMatch(/^enp130[0-9a-f]{4}\.4094$/);
});

test('a netmask is read as its prefix length', () => {
  expect([
    prefixOf('255.255.254.0', 4),
    prefixOf('/23', 4),
    prefixOf('128.0.0.0', 4),
    prefixOf('255.255.255.255', 4),
  ]).toEqual([23, 23, 1, 32]);
  expect(hostProblem('192.0.2.1', 32)).toBeUndefined();
});
