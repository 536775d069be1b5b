import { AUTO6, LEASED, MANUAL, type OldCase } from './case.ts';

const nic = (name: string, text: string): Record<string, string> => ({
  [`ifcfg-${name}`]: `DEVICE=${name}\nONBOOT=yes\nBOOTPROTO=none\nIPV6INIT=no\n${text}`,
});
const eno1 = nic('eno1', 'IPADDR=192.0.2.10/24\n');
const eno2 = nic('eno2', 'IPADDR=198.51.100.10/24\n');

/** What the whole machine's file says. */
export const MACHINE: Record<string, OldCase> = {
  'the gateway of the machine belongs to the link in whose network it is': {
    scripts: { ...eno1, ...eno2 },
    network: '# Created by anaconda\nNETWORKING=yes\nNOZEROCONF=yes\nGATEWAY=192.0.2.1\n',
    profiles: { eno1: MANUAL('192.0.2.10/24', '192.0.2.1'), eno2: MANUAL('198.51.100.10/24') },
  },
  'the link of the default route is named: others have none': {
    scripts: { ...nic('eno1', 'IPADDR=192.0.2.10/24\nGATEWAY=192.0.2.1\n'), ...eno2 },
    network: 'NETWORKING=yes\nGATEWAY=198.51.100.1\nGATEWAYDEV=eno2\n',
    profiles: {
      eno1: { ...MANUAL('192.0.2.10/24'), 'ipv4.never-default': 'yes' },
      eno2: MANUAL('198.51.100.10/24', '198.51.100.1'),
    },
  },
  'a lease whose default route is not taken, since another link is named': {
    scripts: { 'ifcfg-eno1': 'DEVICE=eno1\nBOOTPROTO=dhcp\nIPV6INIT=no\n', ...eno2 },
    network: 'NETWORKING=yes\nGATEWAY=198.51.100.1\nGATEWAYDEV=eno2\n',
    profiles: {
      eno1: { ...LEASED, 'ipv4.never-default': 'yes' },
      eno2: MANUAL('198.51.100.10/24', '198.51.100.1'),
    },
  },
  'the gateway may be that of two links': {
    scripts: { ...eno1, ...nic('eno2', 'IPADDR=192.0.2.11/24\n') },
    network: 'GATEWAY=192.0.2.1\n',
    profiles: {},
    left: ['network: GATEWAY may be that of several links'],
  },
  'the gateway is in no network': {
    scripts: eno1,
    network: 'GATEWAY=203.0.113.1\n',
    profiles: {},
    left: ['network: GATEWAY is in no network of a link'],
  },
  'the name of the host, where the system has none': {
    scripts: eno1,
    network: 'NETWORKING=yes\nHOSTNAME=node21.example.org\n',
    hostname: 'localhost\n',
    profiles: { eno1: MANUAL('192.0.2.10/24') },
    hostnameAfter: 'node21.example.org',
  },
  'the name of the host, where the system has another': {
    scripts: eno1,
    network: 'NETWORKING=yes\nHOSTNAME=node21.example.org\n',
    hostname: 'node22\n',
    profiles: { eno1: MANUAL('192.0.2.10/24') },
    hostnameAfter: 'node22',
  },
  'no IPv6 on the whole machine': {
    scripts: { 'ifcfg-eno1': 'DEVICE=eno1\nBOOTPROTO=dhcp\n' },
    network: 'NETWORKING=yes\nNETWORKING_IPV6=no\n',
    profiles: { eno1: LEASED },
  },
  "IPv6's gateway of the machine, by its link": {
    scripts: {
      'ifcfg-eno1': 'DEVICE=eno1\nBOOTPROTO=none\nIPV6INIT=yes\nIPV6ADDR=2001:db8::4/64\n',
      'ifcfg-eno2': 'DEVICE=eno2\nBOOTPROTO=none\nIPV6INIT=yes\nIPV6ADDR=2001:db8:2::4/64\n',
    },
    network: 'IPV6_DEFAULTGW=2001:db8::1\nIPV6_DEFAULTDEV=eno1\n',
    profiles: {
      eno1: { ...AUTO6, 'ipv6.addresses': '2001:db8::4/64', 'ipv6.gateway': '2001:db8::1' },
      eno2: { ...AUTO6, 'ipv6.addresses': '2001:db8:2::4/64', 'ipv6.never-default': 'yes' },
    },
  },
  'a key that would hold for every link': {
    scripts: eno1,
    network: 'NETWORKING=yes\nPEERDNS=no\n',
    profiles: {},
    left: ['network: PEERDNS would hold for every link'],
  },
  'a key that says nothing of links': {
    scripts: eno1,
    network: 'NETWORKING=yes\nNISDOMAIN=example\n',
    profiles: { eno1: MANUAL('192.0.2.10/24') },
    left: ['network: NISDOMAIN is not understood'],
  },
  'the network is off': {
    scripts: eno1,
    network: 'NETWORKING=no\n',
    profiles: {},
    left: ['network: NETWORKING switches the network off'],
  },
  'routes of the generation before': {
    scripts: eno1,
    staticRoutes: '# none\nany net 10.9.0.0 netmask 255.255.0.0 gw 192.0.2.9\n',
    profiles: { eno1: MANUAL('192.0.2.10/24') },
    left: ['static-routes: is not understood'],
  },
};
