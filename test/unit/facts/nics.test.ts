import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { nicsOf } from '../../../src/node/network/nics.ts';
import { defaultRouteLink, type LinkRecord } from '../../../src/system/iproute.ts';

// Recorded from Linux 6.1 and iproute2 6.1: two bonds, a VLAN on one, a bridge with a VXLAN port.
const fixture = (name: string) =>
  readFileSync(new URL(`../../fixtures/facts/${name}`, import.meta.url), 'utf8');
const links: LinkRecord[] = JSON.parse(fixture('links.json'));
const hints = { speeds: new Map([['ens3', 10_000]]), drivers: new Map([['ens3', 'virtio_net']]) };
const nics = nicsOf(links, hints);
const nic = (name: string) => nics.find((one) => one.name === name);

test('each link has its kind', () => {
  expect(Object.fromEntries(nics.map(({ name, kind }) => [name, kind]))).toEqual({
    ...{ lo: 'loopback', ens3: 'physical', bond0: 'bond', 'bond0.20': 'vlan', bond1: 'bond' },
    ...{ br0: 'bridge', vx7: 'vxlan', dm0: 'virtual' },
    ...{ p1: 'virtual', p1s: 'virtual', p2: 'virtual', p2s: 'virtual', q1: 'virtual', q1s: 'virtual' },
  });
});

test('a bond tells mode, ports and which is active', () => {
  expect(nic('bond0')).toMatchObject({
    ports: ['p1', 'p2'],
    bond: { mode: 'active-backup', activePort: 'p1', portsUp: 1, portsTotal: 2 },
    up: true,
  });
});

test('a port without carrier stands out, and so does a bond without an LACP partner', () => {
  expect(nic('p2')).toMatchObject({ master: 'bond0', adminUp: true, carrier: false, up: false });
  expect(nics.filter(({ trouble }) => trouble).map(({ name, trouble }) => [name, trouble?.en])).toEqual([
    ['p2', 'bond port without carrier'],
    ['bond1', 'no LACP partner: look at the switch'],
  ]);
});

test('a VLAN tells id and parent; both families are listed, link-local addresses are not', () => {
  expect(nic('bond0.20')).toMatchObject({
    vlan: { id: 20, parent: 'bond0' },
    addresses: ['198.51.100.4/24', '2001:db8::4/64'],
  });
  expect(nic('vx7')).toMatchObject({ master: 'br0', addresses: [] });
  expect(nic('vx7')?.vlan).toBeUndefined();
});

test('speed is there where the driver tells it, and absent otherwise', () => {
  expect(nic('ens3')?.speed).toBe(10_000);
  expect(nic('br0')).not.toHaveProperty('speed');
});

test.each([
  ['the configured address', { managementAddress: '198.51.100.4', defaultRoute: 'ens3' }, 'bond0.20'],
  ['an address that no link has', { managementAddress: '203.0.113.9', defaultRoute: 'ens3' }, undefined],
  [
    'an address that no link has, and a NIC',
    { managementAddress: '203.0.113.9', managementNic: 'bond0' },
    'bond0',
  ],
  ['the configured NIC', { managementNic: 'bond0', defaultRoute: 'ens3' }, 'bond0'],
  ['the default route', { defaultRoute: 'ens3' }, 'ens3'],
  ['nothing', {}, undefined],
])('the management NIC by %s', (_, setting, name) => {
  const marked = nicsOf(links, { ...hints, ...setting }).filter(({ management }) => management);
  expect(marked.map((one) => one.name)).toEqual(name === undefined ? [] : [name]);
});

test('the only link with an address is the management one; link-local addresses do not count', () => {
  const bare = links.filter(({ addr_info }) => !addr_info?.some(({ scope }) => scope === 'global'));
  const local = { family: 'inet6' as const, local: 'fe80::1', prefixlen: 64, scope: 'link' };
  const [first] = links.filter(({ ifname }) => ifname === 'bond0.20');
  const alone = [...bare.map((link) => ({ ...link, addr_info: [local, ...(link.addr_info ?? [])] })), first];
  const marked = nicsOf(alone as LinkRecord[], hints).filter(({ management }) => management);
  expect(marked.map(({ name }) => name)).toEqual(['bond0.20']);
});

test('ports of different speed are told at the bond', () => {
  const both = links.map((link) => (link.ifname === 'p2' ? { ...link, flags: ['UP', 'LOWER_UP'] } : link));
  const speeds = new Map([...hints.speeds, ['p1', 10_000], ['p2', 1000]] as [string, number][]);
  expect(nicsOf(both, { ...hints, speeds }).find(({ name }) => name === 'bond0')?.trouble?.en).toBe(
    'ports of different speed',
  );
});

const HEAD = 'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\n';
const route4 = (link: string, metric: number, flags = '0003') =>
  `${link}\t00000000\t010200C0\t${flags}\t0\t0\t${metric}\t00000000\t0\t0\t0\n`;
const route6 = `${'0'.repeat(32)} 00 ${'0'.repeat(32)} 00 fd000000000000000000000000000001 00000400 00000002 00000000 00000003     eth6\n`;

test.each([
  ['the lowest metric', HEAD + route4('eth1', 200) + route4('eth2', 100), '', 'eth2'],
  [
    'a route that is not up does not count',
    HEAD + route4('eth1', 0, '0002') + route4('eth2', 100),
    '',
    'eth2',
  ],
  ['IPv4 before IPv6', HEAD + route4('eth1', 500), route6, 'eth1'],
  ['IPv6 alone', HEAD, fixture('route6.txt') + route6, 'eth6'],
  ['the kernel’s reject route is none', HEAD, fixture('route6.txt'), undefined],
])('default route: %s', (_, four, six, link) => {
  expect(defaultRouteLink(four, six)).toBe(link);
});
