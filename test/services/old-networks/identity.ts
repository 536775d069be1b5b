import { LEASED, MANUAL, type OldCase } from './case.ts';

const rule = (mac: string, name: string): string =>
  `SUBSYSTEM=="net", ACTION=="add", DRIVERS=="?*", ATTR{address}=="${mac}", ATTR{type}=="1", KERNEL=="eth*", NAME="${name}"\n`;
const PROFILE = (name: string) =>
  `[connection]\nid=own\nuuid=0b8a4c56-9a4b-4a52-9d56-0d9f3b1e2c33\ntype=ethernet\ninterface-name=${name}\n[ipv4]\nmethod=disabled\n[ipv6]\nmethod=disabled\n`;
const OFF6 = 'IPV6INIT=no\n';

/** Which NIC is meant. */
export const IDENTITY: Record<string, OldCase> = {
  'two files for one interface: the one that comes up at boot': {
    scripts: {
      'ifcfg-eno1':
        'DEVICE=eno1\nONBOOT=yes\nBOOTPROTO=none\nIPADDR=192.0.2.10\nPREFIX=24\nGATEWAY=192.0.2.1\nIPV6INIT=no\n',
      'ifcfg-eno1-1': 'DEVICE=eno1\nONBOOT=no\nBOOTPROTO=dhcp\n',
    },
    profiles: { eno1: MANUAL('192.0.2.10/24', '192.0.2.1') },
    left: ['ifcfg-eno1-1: DEVICE eno1 was taken over already'],
  },
  'two files for one interface: the one that is named after it, although the copy is newer': {
    scripts: {
      'ifcfg-eno1': `DEVICE=eno1\nIPADDR=192.0.2.10/24\n${OFF6}`,
      'ifcfg-eno1.20240101': `DEVICE=eno1\nIPADDR=192.0.2.99/24\n${OFF6}`,
      'ifcfg-eno1 (copy)': `DEVICE=eno1\nIPADDR=192.0.2.98/24\n${OFF6}`,
    },
    profiles: { eno1: MANUAL('192.0.2.10/24') },
    left: [
      'ifcfg-eno1 (copy): DEVICE eno1 was taken over already',
      'ifcfg-eno1.20240101: DEVICE is that of ifcfg-eno1 (copy) too, which goes before it',
    ],
  },
  'two files for one interface: the newest, where none is named after it': {
    scripts: {
      'ifcfg-Old': `DEVICE=eno1\nIPADDR=192.0.2.9/24\n${OFF6}`,
      'ifcfg-New': `DEVICE=eno1\nIPADDR=192.0.2.10/24\n${OFF6}`,
    },
    profiles: { eno1: MANUAL('192.0.2.10/24') },
    left: ['ifcfg-Old: DEVICE eno1 was taken over already'],
  },
  'leftovers of editors and packages are nobody’s': {
    scripts: {
      'ifcfg-eno1': `DEVICE=eno1\nIPADDR=192.0.2.10/24\n${OFF6}`,
      'ifcfg-eno1~': 'DEVICE=eno1\nIPADDR=192.0.2.9/24\n',
      'ifcfg-eno1.rpmsave': 'DEVICE=eno1\nIPADDR=192.0.2.8/24\n',
      'ifcfg-eno1.bak': 'DEVICE=eno1\nIPADDR=192.0.2.7/24\n',
      'ifcfg-lo':
        'DEVICE=lo\nIPADDR=127.0.0.1\nNETMASK=255.0.0.0\nNETWORK=127.0.0.0\nBROADCAST=127.255.255.255\nONBOOT=yes\nNAME=loopback\n',
    },
    profiles: { eno1: MANUAL('192.0.2.10/24') },
  },
  'an address of the loopback': {
    scripts: { 'ifcfg-lo:0': 'DEVICE=lo:0\nIPADDR=192.0.2.80\nNETMASK=255.255.255.255\nONBOOT=yes\n' },
    profiles: {},
    left: ['ifcfg-lo:0: belongs to no file that is taken over'],
  },
  'two files with one UUID': {
    scripts: {
      'ifcfg-eno1': `DEVICE=eno1\nUUID=5fb06bd0-0bb0-7ffb-45f1-d6edd65f3e03\nIPADDR=192.0.2.10/24\n${OFF6}`,
      'ifcfg-eno2': `DEVICE=eno2\nUUID=5fb06bd0-0bb0-7ffb-45f1-d6edd65f3e03\nIPADDR=198.51.100.10/24\n${OFF6}`,
    },
    profiles: { eno1: MANUAL('192.0.2.10/24'), eno2: MANUAL('198.51.100.10/24') },
  },
  'a MAC address and no interface': {
    scripts: { 'ifcfg-Storage': `HWADDR=52:54:00:AA:00:01\nBOOTPROTO=none\nIPADDR=192.0.2.10/24\n${OFF6}` },
    profiles: {
      Storage: {
        ...MANUAL('192.0.2.10/24'),
        'connection.interface-name': '',
        '802-3-ethernet.mac-address': '52:54:00:AA:00:01',
      },
    },
  },
  'neither interface nor MAC address': {
    scripts: { 'ifcfg-Wired_connection_1': 'TYPE=Ethernet\nBOOTPROTO=dhcp\nNAME="Wired connection 1"\n' },
    profiles: {},
    left: ['ifcfg-Wired_connection_1: DEVICE is not set, nor is HWADDR'],
  },
  "the kernel's own names, by the MAC addresses of udev's rules, with a tagged link": {
    scripts: {
      'ifcfg-eth0': `DEVICE=eth0\nIPADDR=192.0.2.10/24\n${OFF6}`,
      'ifcfg-eth1': `DEVICE=eth1\nHWADDR=52:54:00:aa:00:02\nBOOTPROTO=dhcp\n${OFF6}`,
      'ifcfg-eth1.100': `DEVICE=eth1.100\nVLAN=yes\nHWADDR=52:54:00:aa:00:02\nBOOTPROTO=dhcp\n${OFF6}`,
    },
    rules: `# PCI device 0x8086\n${rule('52:54:00:AA:00:01', 'eth0')}`,
    profiles: {
      eth0: {
        ...MANUAL('192.0.2.10/24'),
        'connection.interface-name': '',
        '802-3-ethernet.mac-address': '52:54:00:AA:00:01',
      },
      eth1: { ...LEASED, 'connection.interface-name': '', '802-3-ethernet.mac-address': '52:54:00:AA:00:02' },
      'eth1.100': {
        ...LEASED,
        'connection.type': 'vlan',
        'vlan.id': '100',
        // Of eth1's profile, since the name may be another NIC's.
        'vlan.parent': '2c2f5321-7917-5295-8f13-a906b4701270',
      },
    },
  },
  "names of udev's rules": {
    scripts: { 'ifcfg-mgmt0': `DEVICE=mgmt0\nIPADDR=192.0.2.10/24\n${OFF6}` },
    rules: `${rule('52:54:00:AA:00:01', 'mgmt0')}${rule('52:54:00:AA:00:02', 'data0')}`,
    profiles: { mgmt0: MANUAL('192.0.2.10/24') },
    names: ['10-zs-525400aa0001.link', '10-zs-525400aa0002.link'],
  },
  'a rule that names a NIC by its slot': {
    scripts: { 'ifcfg-mgmt0': `DEVICE=mgmt0\nIPADDR=192.0.2.10/24\n${OFF6}` },
    rules: 'SUBSYSTEM=="net", ACTION=="add", KERNELS=="0000:02:00.0", NAME="mgmt0"\n',
    profiles: { mgmt0: MANUAL('192.0.2.10/24') },
    left: ['70-persistent-net.rules: "SUBSYSTEM=="net", ACTION=="add", KERNELS" is not understood'],
  },
  'file and rule give one name to two NICs': {
    scripts: { 'ifcfg-mgmt0': `DEVICE=mgmt0\nHWADDR=52:54:00:aa:00:09\nIPADDR=192.0.2.10/24\n${OFF6}` },
    rules: rule('52:54:00:AA:00:01', 'mgmt0'),
    profiles: {},
    left: ["ifcfg-mgmt0: HWADDR is not that of mgmt0 in udev's rules"],
  },
  'one MAC address in two files': {
    scripts: {
      'ifcfg-eno1': `DEVICE=eno1\nHWADDR=52:54:00:aa:00:01\nIPADDR=192.0.2.10/24\n${OFF6}`,
      'ifcfg-eno2': `DEVICE=eno2\nHWADDR=52:54:00:aa:00:01\nIPADDR=198.51.100.10/24\n${OFF6}`,
    },
    profiles: {},
    left: ['ifcfg-eno1: HWADDR stands in several files', 'ifcfg-eno2: HWADDR stands in several files'],
  },
  'a link that has a profile already': {
    scripts: {
      'ifcfg-eno1': `DEVICE=eno1\nIPADDR=192.0.2.10/24\n${OFF6}`,
      'ifcfg-eno2': `DEVICE=eno2\nIPADDR=198.51.100.10/24\n${OFF6}`,
    },
    own: { 'own.nmconnection': PROFILE('eno1') },
    profiles: { eno2: MANUAL('198.51.100.10/24') },
    left: ['ifcfg-eno1: stays, since there is /etc/system-connections/own.nmconnection'],
  },
  'a profile of another link lies where ours would': {
    scripts: { 'ifcfg-eno1': `DEVICE=eno1\nIPADDR=192.0.2.10/24\n${OFF6}` },
    own: { 'eno1.nmconnection': PROFILE('eno7') },
    profiles: {},
    left: ['ifcfg-eno1: stays, since there is /etc/system-connections/eno1.nmconnection'],
  },
  'a port has a profile already: bond and tagged link stay with it': {
    scripts: {
      'ifcfg-bond0': 'DEVICE=bond0\nBONDING_OPTS="mode=1 miimon=100"\nBOOTPROTO=dhcp\n',
      'ifcfg-eno1': 'DEVICE=eno1\nMASTER=bond0\nSLAVE=yes\n',
      'ifcfg-bond0.5': 'DEVICE=bond0.5\nVLAN=yes\nBOOTPROTO=dhcp\n',
    },
    own: { 'own.nmconnection': PROFILE('eno1') },
    profiles: {},
    left: [
      'ifcfg-eno1: stays, since there is /etc/system-connections/own.nmconnection; with it stays ifcfg-bond0, ifcfg-bond0.5',
    ],
  },
  "Debian's own file has the link": {
    scripts: { 'ifcfg-eno1': `DEVICE=eno1\nIPADDR=192.0.2.10/24\n${OFF6}` },
    interfaces: 'auto lo eno1\niface lo inet loopback\niface eno1 inet dhcp\n',
    profiles: {},
    left: ['ifcfg-eno1: stays, since /etc/network/interfaces has eno1'],
  },
};
