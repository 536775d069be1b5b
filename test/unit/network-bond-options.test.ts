import { expect, test } from 'vitest';
import { asListed, mergedOptions, optionsFrom } from '../../src/node/network/change/schema/bond.ts';

test.each<[string[], Record<string, string>]>([
  [['miimon=100', 'lacp_rate=fast'], { miimon: '100', lacp_rate: 'fast' }],
  [['miimon=100,lacp_rate=fast'], { miimon: '100', lacp_rate: 'fast' }],
  [
    ['arp_ip_target=192.0.2.1,192.0.2.2 arp_interval=100'],
    { arp_ip_target: '192.0.2.1,192.0.2.2', arp_interval: '100' },
  ],
  [['arp_ip_target=+192.0.2.1', 'arp_ip_target=+192.0.2.2'], { arp_ip_target: '192.0.2.1,192.0.2.2' }],
  [['ns_ip6_target=+fd00::1,fd00::2'], { ns_ip6_target: 'fd00::1,fd00::2' }],
  [['updelay='], { updelay: '' }],
])('options from the words %j', (words, expected) => {
  expect(asListed(optionsFrom(words))).toEqual(expected);
});

const LACP = {
  mode: '802.3ad',
  options: {
    miimon: '100',
    lacp_rate: 'fast',
    ad_actor_system: '00:00:5e:00:53:05',
    updelay: '200',
    new_option: '7',
  },
};

test('what is not given stays, what is given empty goes', () => {
  const given = { miimon: '50', updelay: '' };
  expect(mergedOptions('802.3ad', LACP, given)).toEqual({
    miimon: '50',
    lacp_rate: 'fast',
    ad_actor_system: '00:00:5e:00:53:05',
    new_option: '7',
  });
});

test('another mode keeps what it heeds, and what nobody here knows', () => {
  expect(mergedOptions('active-backup', LACP, {})).toEqual({
    miimon: '100',
    updelay: '200',
    new_option: '7',
  });
});

test('one way of watching the ports takes the place of the other', () => {
  const mii = { mode: 'active-backup', options: { miimon: '100', updelay: '200', primary: 'em01' } };
  const arp = { arp_interval: '100', arp_ip_target: '192.0.2.1' };
  expect(mergedOptions('active-backup', mii, arp)).toEqual({ ...arp, primary: 'em01' });
  expect(mergedOptions('active-backup', { mode: 'active-backup', options: arp }, { miimon: '50' })).toEqual({
    miimon: '50',
  });
});
