import { MANUAL, type OldCase } from './case.ts';

const BASE = 'ONBOOT=yes\nBOOTPROTO=none\nIPV6INIT=no\n';
const eno1 = { 'ifcfg-eno1': `DEVICE=eno1\n${BASE}IPADDR=192.0.2.10\nPREFIX=24\n` };
const eno2 = { 'ifcfg-eno2': `DEVICE=eno2\n${BASE}IPADDR=198.51.100.10\nPREFIX=24\n` };
const six = {
  'ifcfg-eno1':
    'DEVICE=eno1\nONBOOT=yes\nBOOTPROTO=none\nIPV6INIT=yes\nIPV6_AUTOCONF=no\nIPV6ADDR=2001:db8::4/64\n',
};
const SIX = { 'ipv6.method': 'manual', 'ipv6.addresses': '2001:db8::4/64' };

/** Route and rule files. */
export const ROUTES: Record<string, OldCase> = {
  'the default route in the route file is the gateway': {
    scripts: {
      ...eno1,
      'route-eno1': 'default via 192.0.2.1 dev eno1\n10.9.0.0/16 via 192.0.2.9 metric 7\n',
    },
    profiles: { eno1: { ...MANUAL('192.0.2.10/24', '192.0.2.1'), 'ipv4.routes': '10.9.0.0/16 192.0.2.9 7' } },
  },
  'a default route with a metric stays a route': {
    scripts: { ...eno1, 'route-eno1': '0.0.0.0/0 via 192.0.2.1 metric 50\n' },
    profiles: { eno1: { ...MANUAL('192.0.2.10/24'), 'ipv4.routes': '0.0.0.0/0 192.0.2.1 50' } },
  },
  'two default routes that differ': {
    scripts: {
      'ifcfg-eno1': `${eno1['ifcfg-eno1']}GATEWAY=192.0.2.2\n`,
      'route-eno1': 'default via 192.0.2.1\n',
    },
    profiles: {},
    left: ['ifcfg-eno1: GATEWAY speaks against the default route of the route file'],
  },
  'tables with rules, on the link, of an own source, leading nowhere': {
    scripts: {
      ...eno2,
      'route-eno2': `# the second provider
default via 198.51.100.1 dev eno2 table 102
10.50.0.0/16 via 198.51.100.9 table provider2
203.0.113.0/24 via 192.0.2.7 dev eno2 onlink
10.60.0.0/255.255.0.0 via 198.51.100.9 src 198.51.100.10 mtu 1400
10.61.0.0/16 via 198.51.100.9 mtu lock 1300 advmss 1260
blackhole 10.99.0.0/16
198.51.100.77 dev eno2 scope link
`,
      'rule-eno2':
        'from 198.51.100.10 table 102\nto 203.0.113.0/24 lookup provider2\nfrom 198.51.100.0/24 iif lo priority 100 table main\n',
    },
    tables: '# names\n102\tprovider2\n',
    profiles: {
      eno2: {
        ...MANUAL('198.51.100.10/24'),
        'ipv4.routes':
          '0.0.0.0/0 198.51.100.1 table=102, 10.50.0.0/16 198.51.100.9 table=102, 203.0.113.0/24 192.0.2.7 onlink=true, 10.60.0.0/16 198.51.100.9 mtu=1400 src=198.51.100.10, 10.61.0.0/16 198.51.100.9 advmss=1260 lock-mtu=true mtu=1300, 10.99.0.0/16 type=blackhole, 198.51.100.77/32',
        'ipv4.routing-rules':
          'priority 32765 from 198.51.100.10 table 102, priority 32764 to 203.0.113.0/24 table 102, priority 100 from 198.51.100.0/24 iif lo table 254',
      },
    },
  },
  'routes by numbered keys': {
    scripts: {
      ...eno1,
      'route-eno1':
        'ADDRESS0=10.8.0.0\nNETMASK0=255.255.0.0\nGATEWAY0=192.0.2.8\nADDRESS1=10.7.0.0\nNETMASK1=255.255.0.0\nGATEWAY1=192.0.2.7\nMETRIC1=9\n',
    },
    profiles: {
      eno1: {
        ...MANUAL('192.0.2.10/24'),
        'ipv4.routes': '10.8.0.0/16 192.0.2.8, 10.7.0.0/16 192.0.2.7 9',
      },
    },
  },
  'numbered keys with a gap, which the scripts never reached': {
    scripts: {
      ...eno1,
      'route-eno1':
        'ADDRESS0=10.8.0.0\nNETMASK0=255.255.0.0\nGATEWAY0=192.0.2.8\nADDRESS2=10.7.0.0\nNETMASK2=255.255.0.0\nGATEWAY2=192.0.2.7\n',
    },
    profiles: {},
    left: ['route-eno1: ADDRESS2 is not understood; with it stays ifcfg-eno1'],
  },
  'both ways to write routes in one file': {
    scripts: {
      ...eno1,
      'route-eno1':
        '10.9.0.0/16 via 192.0.2.9\nADDRESS0=10.8.0.0\nNETMASK0=255.255.0.0\nGATEWAY0=192.0.2.8\n',
    },
    profiles: {},
    left: ['route-eno1: "10.9.0.0/16 via 192.0.2.9" is not understood; with it stays ifcfg-eno1'],
  },
  'IPv6: default route, a table and a rule': {
    scripts: {
      ...six,
      'route6-eno1': 'default via fe80::1 dev eno1\n2001:db8:9::/48 via 2001:db8::9 table 7 metric 5\n',
      'rule6-eno1': 'from 2001:db8::4 table 7 pref 77\n',
    },
    profiles: {
      eno1: {
        ...SIX,
        'ipv6.routes': '::/0 fe80::1, 2001:db8:9::/48 2001:db8::9 5 table=7',
        'ipv6.routing-rules': 'priority 77 from 2001:db8::4 table 7',
      },
    },
  },
  'a route of several hops': {
    scripts: {
      ...eno1,
      'route-eno1': '10.9.0.0/16 nexthop via 192.0.2.8 weight 1 nexthop via 192.0.2.9 weight 1\n',
    },
    profiles: {},
    left: [
      'route-eno1: "10.9.0.0/16 nexthop via 192.0.2.8 weight" is not understood; with it stays ifcfg-eno1',
    ],
  },
  'a route of another link': {
    scripts: { ...eno1, 'route-eno1': '10.9.0.0/16 via 198.51.100.9 dev eno2\n' },
    profiles: {},
    left: ['route-eno1: "10.9.0.0/16 via 198.51.100.9 dev eno2" is not understood; with it stays ifcfg-eno1'],
  },
  'a table by a name that nobody knows': {
    scripts: { ...eno1, 'route-eno1': '10.9.0.0/16 via 192.0.2.9 table isp\n' },
    profiles: {},
    left: ['route-eno1: "10.9.0.0/16 via 192.0.2.9 table isp" is not understood; with it stays ifcfg-eno1'],
  },
  'a route with bits behind its prefix, which the kernel never took': {
    scripts: { ...eno1, 'route-eno1': '10.9.1.0/16 via 192.0.2.9\n' },
    profiles: {},
    left: ['route-eno1: "10.9.1.0/16 via 192.0.2.9" is not understood; with it stays ifcfg-eno1'],
  },
  'a rule that leads nowhere': {
    scripts: { ...eno1, 'rule-eno1': 'from 10.0.0.0/8 prohibit\n' },
    profiles: {},
    left: ['rule-eno1: "from 10.0.0.0/8 prohibit" is not understood; with it stays ifcfg-eno1'],
  },
  'routes of a link that has no file': {
    scripts: {
      ...eno1,
      'route-eno9': '10.9.0.0/16 via 192.0.2.9\n',
      'rule-eno9': 'from 192.0.2.9 table 3\n',
    },
    profiles: { eno1: MANUAL('192.0.2.10/24') },
    left: [
      'route-eno9: belongs to no file that is taken over',
      'rule-eno9: belongs to no file that is taken over',
    ],
  },
  'routes of a link without an address': {
    scripts: {
      'ifcfg-eno1': `DEVICE=eno1\n${BASE}`,
      'route-eno1': '10.9.0.0/16 via 192.0.2.9\n',
    },
    profiles: {},
    left: ['ifcfg-eno1: IPADDR is not set, and routes or name servers need it'],
  },
  'a file by another name than its interface, with the routes of either': {
    scripts: {
      'ifcfg-Storage': `DEVICE=eno1\n${BASE}IPADDR=192.0.2.10/24\n`,
      'route-Storage': '10.9.0.0/16 via 192.0.2.9\n',
      'route-eno1': '10.8.0.0/16 via 192.0.2.8\n',
    },
    profiles: {
      eno1: {
        ...MANUAL('192.0.2.10/24'),
        'ipv4.routes': '10.9.0.0/16 192.0.2.9, 10.8.0.0/16 192.0.2.8',
      },
    },
  },
};
