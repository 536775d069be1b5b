import { AUTO6, LEASED, MANUAL, type OldCase } from './case.ts';

const nic = (text: string, name = 'eno1'): Record<string, string> => ({
  [`ifcfg-${name}`]: `DEVICE=${name}\nONBOOT=yes\n${text}`,
});

/** Addresses, and what is asked of leases. */
export const ADDRESSES: Record<string, OldCase> = {
  'no mask: that of the class': {
    scripts: {
      ...nic('IPADDR=10.1.2.3\nIPV6INIT=no\n', 'eno1'),
      ...nic('IPADDR=172.16.2.3\nIPV6INIT=no\n', 'eno2'),
      ...nic('IPADDR=192.0.2.10\nIPV6INIT=no\n', 'eno3'),
    },
    profiles: { eno1: MANUAL('10.1.2.3/8'), eno2: MANUAL('172.16.2.3/16'), eno3: MANUAL('192.0.2.10/24') },
  },
  'several addresses, numbered from 0, from 1 and with gaps': {
    scripts: {
      ...nic(
        'BOOTPROTO=none\nIPADDR0=192.0.2.10\nPREFIX0=24\nGATEWAY0=192.0.2.1\nIPADDR1=192.0.2.11\nPREFIX1=24\nIPV6INIT=no\n',
        'eno1',
      ),
      ...nic(
        'BOOTPROTO=none\nIPADDR=198.51.100.10\nNETMASK=255.255.255.0\nIPADDR2=198.51.100.12\nNETMASK2=255.255.255.128\nIPADDR7=198.51.100.17/32\nIPV6INIT=no\n',
        'eno2',
      ),
    },
    profiles: {
      eno1: MANUAL('192.0.2.10/24, 192.0.2.11/24', '192.0.2.1'),
      eno2: MANUAL('198.51.100.10/24, 198.51.100.12/25, 198.51.100.17/32'),
    },
  },
  'prefix goes before mask': {
    scripts: nic('BOOTPROTO=none\nIPADDR=192.0.2.10\nPREFIX=25\nNETMASK=255.255.255.0\nIPV6INIT=no\n'),
    profiles: { eno1: MANUAL('192.0.2.10/25') },
  },
  'two prefixes that differ': {
    scripts: nic('BOOTPROTO=none\nIPADDR=192.0.2.10/24\nNETMASK=255.255.0.0\nIPV6INIT=no\n'),
    profiles: {},
    left: ['ifcfg-eno1: NETMASK "255.255.0.0" is not understood'],
  },
  'a mask with a hole': {
    scripts: nic('BOOTPROTO=none\nIPADDR=192.0.2.10\nNETMASK=255.0.255.0\nIPV6INIT=no\n'),
    profiles: {},
    left: ['ifcfg-eno1: NETMASK "255.0.255.0" is not understood'],
  },
  'a broadcast address of its own': {
    scripts: nic('BOOTPROTO=none\nIPADDR=192.0.2.10\nPREFIX=24\nBROADCAST=192.0.2.0\nIPV6INIT=no\n'),
    profiles: {},
    left: ['ifcfg-eno1: BROADCAST "192.0.2.0" is not understood'],
  },
  'two gateways in one file': {
    scripts: nic(
      'BOOTPROTO=none\nIPADDR=192.0.2.10\nPREFIX=24\nGATEWAY=192.0.2.1\nGATEWAY1=192.0.2.2\nIPV6INIT=no\n',
    ),
    profiles: {},
    left: ['ifcfg-eno1: GATEWAY1 is a second gateway'],
  },
  'a lease of which names, servers, routes and default route are not taken': {
    scripts: nic(
      'BOOTPROTO=dhcp\nPEERDNS=no\nPEERROUTES=no\nDEFROUTE=no\nDNS1=192.0.2.53\nDNS2=2001:db8::53\nDHCP_HOSTNAME=node21\nDHCP_CLIENT_ID=rack-7\nIPV4_FAILURE_FATAL=yes\nIPV4_DHCP_TIMEOUT=60\nPERSISTENT_DHCLIENT=1\n',
    ),
    profiles: {
      eno1: {
        ...LEASED,
        ...AUTO6,
        'ipv4.dns': '192.0.2.53',
        'ipv6.dns': '2001:db8::53',
        'ipv4.ignore-auto-dns': 'yes',
        'ipv4.ignore-auto-routes': 'yes',
        'ipv4.never-default': 'yes',
        'ipv4.dhcp-hostname': 'node21',
        'ipv4.dhcp-client-id': 'rack-7',
        'ipv4.may-fail': 'no',
        'ipv4.dhcp-timeout': '60',
      },
    },
  },
  'an address beside a lease': {
    scripts: nic('BOOTPROTO=dhcp\nIPADDR=192.0.2.10\nNETMASK=255.255.255.0\nIPV6INIT=no\n'),
    profiles: {},
    left: ['ifcfg-eno1: IPADDR stands beside BOOTPROTO=dhcp'],
  },
  'options of the DHCP client': {
    scripts: nic('BOOTPROTO=dhcp\nDHCLIENTARGS="-R subnet-mask"\nIPV6INIT=no\n'),
    profiles: {},
    left: ['ifcfg-eno1: DHCLIENTARGS is not understood'],
  },
  'metrics decide between two default routes': {
    scripts: {
      ...nic('BOOTPROTO=none\nIPADDR=192.0.2.10/24\nGATEWAY=192.0.2.1\nMETRIC=50\nIPV6INIT=no\n', 'eno1'),
      ...nic('BOOTPROTO=dhcp\nIPV4_ROUTE_METRIC=200\nIPV6_ROUTE_METRIC=300\n', 'eno2'),
    },
    profiles: {
      eno1: { ...MANUAL('192.0.2.10/24', '192.0.2.1'), 'ipv4.route-metric': '50' },
      eno2: { ...LEASED, ...AUTO6, 'ipv4.route-metric': '200', 'ipv6.route-metric': '300' },
    },
  },
  'not brought up at boot, with a zone, a priority and another MAC address': {
    scripts: nic(
      'ONBOOT=no\nBOOTPROTO=none\nIPADDR=192.0.2.10/24\nZONE=internal\nAUTOCONNECT_PRIORITY=5\nMACADDR=52:54:00:bb:00:01\nLLDP=yes\nIPV6INIT=no\n',
    ),
    profiles: {
      eno1: {
        ...MANUAL('192.0.2.10/24'),
        'connection.autoconnect': 'no',
        'connection.zone': 'internal',
        'connection.autoconnect-priority': '5',
        'connection.lldp': 'enable-rx',
        '802-3-ethernet.cloned-mac-address': '52:54:00:BB:00:01',
      },
    },
  },
  'no default route by IPv4 says nothing of IPv6': {
    scripts: nic(
      'BOOTPROTO=none\nIPADDR=192.0.2.10/24\nGATEWAY=192.0.2.1\nDEFROUTE=no\nIPV6INIT=yes\nIPV6ADDR=2001:db8::4/64\nIPV6_AUTOCONF=no\nIPV6_DEFAULTGW=2001:db8::1\n',
    ),
    profiles: {
      eno1: {
        ...MANUAL('192.0.2.10/24'),
        'ipv4.never-default': 'yes',
        'ipv6.method': 'manual',
        'ipv6.addresses': '2001:db8::4/64',
        'ipv6.gateway': '2001:db8::1',
      },
    },
  },
  'IPv6: further addresses, private ones, a token, no default route': {
    scripts: nic(
      'BOOTPROTO=none\nIPV6INIT=yes\nIPV6ADDR=2001:db8::4/64\nIPV6ADDR_SECONDARIES="2001:db8::5/64 2001:db8:1::6/48"\nIPV6_PRIVACY=rfc3041\nIPV6_DEFROUTE=no\nIPV6_PEERDNS=no\nIPV6_PEERROUTES=no\nIPV6_MTU=1400\nIPV6_TOKEN=::21\nIPV6FORWARDING=no\n',
    ),
    profiles: {
      eno1: {
        ...AUTO6,
        'ipv6.addresses': '2001:db8::4/64, 2001:db8::5/64, 2001:db8:1::6/48',
        'ipv6.ip6-privacy': '2',
        'ipv6.never-default': 'yes',
        'ipv6.ignore-auto-dns': 'yes',
        'ipv6.ignore-auto-routes': 'yes',
        'ipv6.mtu': '1400',
        'ipv6.token': '::21',
      },
    },
  },
  'IPv6 by DHCP alone, and by link-local addresses alone': {
    scripts: {
      ...nic('BOOTPROTO=none\nIPV6INIT=yes\nIPV6_AUTOCONF=no\nDHCPV6C=yes\n', 'eno1'),
      ...nic('BOOTPROTO=none\nIPV6INIT=yes\nIPV6_AUTOCONF=no\n', 'eno2'),
    },
    profiles: {
      eno1: { 'ipv6.method': 'dhcp', 'ipv6.addr-gen-mode': 'eui64' },
      eno2: { 'ipv6.method': 'link-local' },
    },
  },
  'a router of IPv6': {
    scripts: nic('BOOTPROTO=none\nIPV6INIT=yes\nIPV6FORWARDING=yes\nIPV6ADDR=2001:db8::1/64\n'),
    profiles: {},
    left: ['ifcfg-eno1: IPV6FORWARDING "yes" is not understood'],
  },
  'IPV6_DEFAULTGW of another link': {
    scripts: nic('BOOTPROTO=none\nIPV6INIT=yes\nIPV6ADDR=2001:db8::4/64\nIPV6_DEFAULTGW=fe80::1%eno2\n'),
    profiles: {},
    left: ['ifcfg-eno1: IPV6_DEFAULTGW "fe80::1%eno2" is not understood'],
  },
  'every quote, comments, CRLF, empty values': {
    scripts: {
      'ifcfg-eno1':
        '# written on Windows\r\nDEVICE=\'eno1\'\r\nexport IPADDR="192.0.2.10" # old: 192.0.2.9\r\n  NETMASK=255.255.255.0  # the mask\r\nGATEWAY=""\r\nDNS1=\r\nDOMAIN=\'example.org\'\r\nIPV6INIT=no\r\n\r\n',
    },
    profiles: { eno1: { ...MANUAL('192.0.2.10/24'), 'ipv4.dns-search': 'example.org' } },
  },
};
