import { expect, test } from 'vitest';
import { configText, type DhcpNetwork } from '../../src/node/dhcp/config.ts';

const LEASE = { mac: '52:54:00:00:00:01', ip: '192.168.12.3', isDefault: true };
const NETWORK: DhcpNetwork = {
  l2: '2'.repeat(32),
  server: '192.168.12.2',
  prefix: 22,
  gateway: '192.168.12.1',
  dns: ['192.0.2.53', '192.0.2.54'],
  domain: 'example.net',
  mtu: 1450,
  leases: [LEASE, { mac: '52:54:00:00:00:02', ip: '192.168.13.4', hostname: 'web', isDefault: false }],
};
const lines = (change: Partial<DhcpNetwork> = {}) => configText({ ...NETWORK, ...change }, '/p').split('\n');

test('a NIC has its one address, and its name after that where the guest has none', () => {
  expect(lines()).toContain('dhcp-range=192.168.12.0,static,255.255.252.0,infinite');
  expect(lines()).toContain('dhcp-host=52:54:00:00:00:01,set:route,192.168.12.3,192-168-12-3,infinite');
  expect(lines()).toContain('dhcp-host=52:54:00:00:00:02,192.168.13.4,web,infinite');
  expect(lines()).toContain('dhcp-ignore=tag:!known');
});

test('route and name servers go to the NIC that has the default route, and to no other', () => {
  expect(lines()).toContain('dhcp-option=tag:route,option:router,192.168.12.1');
  expect(lines()).toContain('dhcp-option=tag:route,option:dns-server,192.0.2.53,192.0.2.54');
  expect(lines()).toContain('dhcp-option=tag:!route,option:router');
  const bare = lines({ gateway: undefined, dns: [], domain: undefined });
  expect(bare).toContain('dhcp-option=option:router');
  expect(bare).toContain('dhcp-option=option:dns-server');
  expect(bare.some((line) => /tag:route,|domain/.test(line))).toBe(false);
});
