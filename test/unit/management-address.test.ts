import { expect, test } from 'vitest';
import { movedSettings } from '../../src/node/change-address/plan/moved.ts';
import { addressMove } from '../../src/node/network/change/plan/management.ts';
import { type Link, type NetworkState, OFF } from '../../src/node/network/change/schema/state.ts';

test('settings that hold the address get the new one, whatever stands around it; others stay', () => {
  const settings: [string, string][] = [
    ['management.server.ip', '192.0.2.4'],
    ['CloudBus.serverIp.0', '192.0.2.4:5673'],
    ['CloudBus.serverIp.1', '192.0.2.40'],
    ['DB.url', 'jdbc:mysql://192.0.2.4:3306/zstack?useSSL=false'],
    ['consoleProxyOverriddenIp', '198.51.100.4'],
    ['DB.password', '192.0.2.4'],
  ];
  const { before, after } = movedSettings(settings, '192.0.2.4', '2001:db8::4');
  expect(Object.keys(before)).toEqual(['management.server.ip', 'CloudBus.serverIp.0', 'DB.url']);
  expect(after).toEqual({
    'management.server.ip': '2001:db8::4',
    'CloudBus.serverIp.0': '[2001:db8::4]:5673',
    'DB.url': 'jdbc:mysql://[2001:db8::4]:3306/zstack?useSSL=false',
  });
  const back = movedSettings(Object.entries(after), '2001:db8::4', '192.0.2.4');
  expect(back.after).toEqual(before);
});

test('an address of IPv6 is found and put however it is written, and keeps its port', () => {
  const settings = (values: string[]): [string, string][] =>
    values.map((value, at) => [`CloudBus.serverIp.${at}`, value]);
  const before = settings([
    'fd00:10::5',
    'FD00:10:0::5',
    '[fd00:10::5]',
    '[fd00:10::5]:5673',
    'fd00:10::5:15672',
  ]);
  const url: [string, string] = ['DB.url', 'jdbc:mysql://[fd00:10:0:0::5]:3306/zstack?a=b'];
  const { after } = movedSettings(
    [...before, url, ['management.server.ip', 'fd00:10::55']],
    'fd00:10::5',
    'fd00:10::6',
  );
  expect(after).toEqual({
    'CloudBus.serverIp.0': 'fd00:10::6',
    'CloudBus.serverIp.1': 'fd00:10::6',
    'CloudBus.serverIp.2': '[fd00:10::6]',
    'CloudBus.serverIp.3': '[fd00:10::6]:5673',
    'CloudBus.serverIp.4': '[fd00:10::6]:15672',
    'DB.url': 'jdbc:mysql://[fd00:10::6]:3306/zstack?a=b',
  });
});

const link = (name: string, addresses: string[], leased: string[] = []): Link => ({
  ...{ name, kind: 'physical', managed: true, present: true, active: true, carrier: true },
  ipv4: { ...OFF, method: leased.length > 0 ? 'auto' : 'manual', addresses },
  ipv6: OFF,
  addresses: [...addresses, ...leased],
});

const STATE: NetworkState = {
  links: [link('em01', ['192.0.2.4/24', '192.0.2.5/24']), link('em02', [], ['198.51.100.9/24'])],
  management: 'em01',
  managementSet: true,
  managementAddress: '192.0.2.5',
};
const changed = (address: string): NetworkState => ({ ...STATE, links: [link('em01', [`${address}/24`])] });

test.each<[string, NetworkState, NetworkState, ReturnType<typeof addressMove>]>([
  ['is another one', STATE, changed('192.0.2.7'), { from: '192.0.2.5', to: '192.0.2.7' }],
  ['is still there', STATE, { ...STATE, links: [STATE.links[0] as Link] }, undefined],
  [
    'is a leased one of another NIC',
    STATE,
    { ...STATE, management: 'em02' },
    { from: '192.0.2.5', to: '198.51.100.9' },
  ],
  [
    'is chosen among two',
    STATE,
    { ...STATE, managementAddress: '192.0.2.4' },
    { from: '192.0.2.5', to: '192.0.2.4' },
  ],
  [
    'will be leased',
    STATE,
    { ...STATE, links: [{ ...link('em01', [], ['192.0.2.5/24']), controller: 'x' }] },
    { from: '192.0.2.5' },
  ],
  [
    'was never set',
    { ...STATE, managementSet: false },
    { ...changed('192.0.2.7'), managementSet: false },
    undefined,
  ],
])('the management address %s', (_, current, wanted, move) => {
  expect(addressMove(current, wanted)).toEqual(move);
});
