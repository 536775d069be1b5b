import { expect, test } from 'vitest';
import { neighboursFrom } from '../../src/node/network/change/neighbours.ts';

const told = {
  lldp: [
    {
      interface: [
        {
          name: 'em01',
          via: 'LLDP',
          chassis: [{ id: [{ type: 'mac', value: '52:54:00:00:00:01' }], name: [{ value: 'sw3' }] }],
          port: [{ id: [{ type: 'ifname', value: 'Eth1/7' }], descr: [{ value: 'Ethernet 1/7' }] }],
        },
        { name: 'em02', chassis: [{ name: [{ value: 'sw4' }] }], port: [{ id: [{ value: 'Eth1/8' }] }] },
        { name: 'em03', chassis: [{}], port: [{}] },
      ],
    },
  ],
};

test('switch and port are read for each NIC, the port by its description or else its name', () => {
  expect([...neighboursFrom(JSON.stringify(told))]).toEqual([
    ['em01', { system: 'sw3', port: 'Ethernet 1/7' }],
    ['em02', { system: 'sw4', port: 'Eth1/8' }],
  ]);
});

test.each(['{}', '{"lldp":[]}', '{"lldp":[{}]}'])('nothing in %s', (text) => {
  expect(neighboursFrom(text).size).toBe(0);
});
