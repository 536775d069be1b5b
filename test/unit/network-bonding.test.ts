import { expect, test } from 'vitest';
import { lacpProblem, portsFrom } from '../../src/node/network/change/bonding.ts';

interface Port {
  name: string;
  status?: string;
  aggregator?: number;
  partnerMac?: string;
  partnerState?: number;
}

/** As the kernel writes /proc/net/bonding/BOND for mode 4, what is not read left out. */
const bonding = (ports: Port[]): string =>
  `Ethernet Channel Bonding Driver: v6.1.0

Bonding Mode: IEEE 802.3ad Dynamic link aggregation
MII Status: up

802.3ad info
LACP active: on
Active Aggregator Info:
	Aggregator ID: 1
	Partner Mac Address: 52:54:00:01:00:09
${ports
  .map(
    ({ name, status = 'up', aggregator = 1, partnerMac = '52:54:00:01:00:09', partnerState = 63 }) => `
Slave Interface: ${name}
MII Status: ${status}
Speed: 1000 Mbps
Aggregator ID: ${aggregator}
details actor lacp pdu:
    system mac address: 52:54:00:01:00:01
    port state: 63
details partner lacp pdu:
    system mac address: ${partnerMac}
    port state: ${partnerState}
`,
  )
  .join('')}`;

const problem = (ports: Port[]): string | undefined => lacpProblem(portsFrom(bonding(ports)))?.en;

test('ports are read with both sides of LACP', () => {
  expect(portsFrom(bonding([{ name: 'em01', partnerState: 61 }]))).toEqual([
    {
      name: 'em01',
      up: true,
      aggregator: 1,
      actorState: 63,
      partnerState: 61,
      partnerMac: '52:54:00:01:00:09',
    },
  ]);
});

test.each<[Port[], string | undefined]>([
  [[{ name: 'em01' }, { name: 'em02', partnerState: 61 }], undefined],
  [[{ name: 'em01' }, { name: 'em02', status: 'down', aggregator: 2 }], undefined],
  [[], 'no port has carrier'],
  [[{ name: 'em01', status: 'down' }], 'no port has carrier'],
  [
    [{ name: 'em01' }, { name: 'em02', partnerMac: '00:00:00:00:00:00', partnerState: 1 }],
    'the switch does not speak LACP at em02',
  ],
  [[{ name: 'em01', partnerState: 69 }], 'the switch does not speak LACP at em01'],
  [[{ name: 'em01' }, { name: 'em02', partnerState: 5 }], 'the switch holds em02 back'],
  [[{ name: 'em01' }, { name: 'em02', aggregator: 2 }], 'em01, em02 are cabled to different port groups'],
])('%j: %s', (ports, expected) => {
  expect(problem(ports)).toBe(expected);
});
