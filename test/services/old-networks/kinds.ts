import { AUTO6, BRIDGE_PORT, LEASED, MANUAL, type OldCase } from './case.ts';

const left = (scripts: Record<string, string>, ...lines: string[]): OldCase => ({
  scripts,
  profiles: {},
  left: lines,
});
const BOND = { 'connection.type': 'bond', 'connection.autoconnect-slaves': '1' };
const PORT = { 'connection.master': 'bond0', 'connection.slave-type': 'bond' };
const port = (name: string, text = ''): Record<string, string> => ({
  [`ifcfg-${name}`]: `DEVICE=${name}\nMASTER=bond0\nSLAVE=yes\nONBOOT=yes\n${text}`,
});
const bond = (options: string, text = ''): Record<string, string> => ({
  'ifcfg-bond0': `DEVICE=bond0\nTYPE=Bond\nBONDING_MASTER=yes\nBONDING_OPTS="${options}"\nBOOTPROTO=dhcp\nIPV6INIT=no\n${text}`,
});

/** Bonds, bridges, tagged links, and what is none of ours. */
export const KINDS: Record<string, OldCase> = {
  'a bond that watches two addresses': {
    scripts: {
      ...bond('mode=active-backup arp_interval=500 arp_ip_target=+192.0.2.1 arp_ip_target=+192.0.2.2'),
      ...port('eno1'),
    },
    profiles: {
      bond0: {
        ...LEASED,
        ...BOND,
        'bond.options': 'mode=active-backup,arp_interval=500,arp_ip_target=192.0.2.1 192.0.2.2',
      },
      eno1: PORT,
    },
  },
  'a bond with the system address of LACP': {
    scripts: { ...bond('mode=4 ad_actor_system=00:00:5e:00:53:01 miimon=100'), ...port('eno1') },
    profiles: {
      bond0: {
        ...LEASED,
        ...BOND,
        'bond.options': 'mode=802.3ad,ad_actor_system=00:00:5e:00:53:01,miimon=100',
      },
      eno1: PORT,
    },
  },
  'a bond with an option that nobody knows: its ports and what stands on it stay': left(
    {
      ...bond('mode=4 turbo=1'),
      ...port('eno1'),
      'ifcfg-bond0.20': 'DEVICE=bond0.20\nVLAN=yes\nBOOTPROTO=dhcp\n',
      'ifcfg-br0': 'DEVICE=br0\nTYPE=Bridge\nBOOTPROTO=dhcp\n',
      'ifcfg-bond0.30': 'DEVICE=bond0.30\nVLAN=yes\nBRIDGE=br0\n',
    },
    'ifcfg-bond0: NetworkManager does not take bond.turbo; with it stays ifcfg-bond0.20, ifcfg-bond0.30, ifcfg-br0, ifcfg-eno1',
  ),
  'a port that is not understood: the bond stays, another NIC does not': {
    scripts: {
      ...bond('mode=1 miimon=100'),
      ...port('eno1'),
      ...port('eno2', 'SUBCHANNELS=0.0.0600\n'),
      'ifcfg-eno3': 'DEVICE=eno3\nBOOTPROTO=dhcp\nIPV6INIT=no\n',
    },
    profiles: { eno3: LEASED },
    left: ['ifcfg-eno2: SUBCHANNELS is not understood; with it stays ifcfg-bond0, ifcfg-eno1'],
  },
  'a bond with an option of another mode': left(
    { ...bond('mode=1 miimon=100 lacp_rate=fast'), ...port('eno1') },
    'ifcfg-bond0: BONDING_OPTS does not fit: lacp_rate is not allowed in mode active-backup; with it stays ifcfg-eno1',
  ),
  'a bond whose options are those of the module': {
    scripts: { 'ifcfg-bond0': 'DEVICE=bond0\nBOOTPROTO=dhcp\nIPV6INIT=no\n', ...port('eth4') },
    modprobe: 'alias bond0 bonding\noptions bond0 mode=1 miimon=100\n',
    profiles: {},
    left: [
      'ifcfg-bond0: BONDING_OPTS leaves options to those of the bonding module; with it stays ifcfg-eth4',
    ],
  },
  'a bond without options is one of the first mode': {
    scripts: { 'ifcfg-bond0': 'DEVICE=bond0\nBOOTPROTO=dhcp\nIPV6INIT=no\n', ...port('eno1') },
    profiles: { bond0: { ...LEASED, ...BOND }, eno1: PORT },
  },
  'a port whose bond has no file': left(port('eno1'), 'ifcfg-eno1: MASTER bond0 has no file here'),
  'a port with an address': left(
    { ...bond('mode=1 miimon=100'), ...port('eno1', 'IPADDR=192.0.2.10/24\n') },
    'ifcfg-eno1: IPADDR is not understood; with it stays ifcfg-bond0',
  ),
  'a port that names its bond by the UUID of its file': {
    scripts: {
      'ifcfg-Bond_0':
        'DEVICE=bond0\nTYPE=Bond\nUUID=3f4a1b2c-0d5e-4f60-8a7b-9c0d1e2f3a4b\nBONDING_OPTS=mode=802.3ad\nBOOTPROTO=dhcp\nIPV6INIT=no\n',
      'ifcfg-Port_1': 'DEVICE=eno1\nTYPE=Ethernet\nMASTER=3f4a1b2c-0d5e-4f60-8a7b-9c0d1e2f3a4b\n',
    },
    profiles: { bond0: { ...LEASED, ...BOND, 'bond.options': 'mode=802.3ad' }, eno1: PORT },
  },
  'a bridge with options, and ports with theirs': {
    scripts: {
      'ifcfg-br0':
        'DEVICE=br0\nTYPE=Bridge\nSTP=yes\nDELAY=4\nBRIDGING_OPTS="priority=4096 hello_time=200 max_age=2000 group_fwd_mask=8 multicast_snooping=0"\nBOOTPROTO=dhcp\n',
      'ifcfg-eno1': 'DEVICE=eno1\nBRIDGE=br0\nBRIDGING_OPTS="path_cost=50 hairpin_mode=1"\n',
    },
    profiles: {
      br0: {
        ...LEASED,
        ...AUTO6,
        'connection.type': 'bridge',
        'connection.autoconnect-slaves': '1',
        'bridge.priority': '4096',
        'bridge.forward-delay': '4',
        'bridge.group-forward-mask': '8',
        'bridge.multicast-snooping': 'no',
      },
      eno1: {
        'connection.master': 'br0',
        ...BRIDGE_PORT,
        'bridge-port.path-cost': '50',
        'bridge-port.hairpin-mode': 'yes',
      },
    },
  },
  'an ageing time that may be seconds or hundredths': left(
    { 'ifcfg-br0': 'DEVICE=br0\nTYPE=Bridge\nBRIDGING_OPTS="ageing_time=300"\nBOOTPROTO=dhcp\n' },
    'ifcfg-br0: BRIDGING_OPTS "ageing_time=300" is not understood',
  ),
  'a tagged link on a NIC without a file, with its parent’s MAC address nowhere': {
    scripts: {
      'ifcfg-eno1.100':
        'DEVICE=eno1.100\nTYPE=Vlan\nVLAN_ID=100\nPHYSDEV=eno1\nBOOTPROTO=dhcp\nIPV6INIT=no\n',
    },
    profiles: {
      'eno1.100': { ...LEASED, 'connection.type': 'vlan', 'vlan.id': '100', 'vlan.parent': 'eno1' },
    },
  },
  'a tagged link on a bond without a file': left(
    { 'ifcfg-bond1.100': 'DEVICE=bond1.100\nVLAN=yes\nBOOTPROTO=dhcp\n' },
    'ifcfg-bond1.100: PHYSDEV bond1 has no file here',
  ),
  'a tagged link with flags': left(
    { 'ifcfg-eno1.100': 'DEVICE=eno1.100\nVLAN=yes\nREORDER_HDR=no\nBOOTPROTO=dhcp\n' },
    'ifcfg-eno1.100: REORDER_HDR "no" is not understood',
  ),
  'features, rings and wake-up of a NIC': {
    scripts: {
      'ifcfg-eno1':
        'DEVICE=eno1\nBOOTPROTO=dhcp\nIPV6INIT=no\nETHTOOL_OPTS="-K eno1 tso off gro on; -G eno1 rx 4096 tx 4096; -A eno1 rx off tx off; wol g"\n',
    },
    profiles: {
      eno1: {
        ...LEASED,
        '802-3-ethernet.wake-on-lan': 'magic',
        'ethtool.feature-tso': 'off',
        'ethtool.feature-gro': 'on',
        'ethtool.ring-rx': '4096',
        'ethtool.ring-tx': '4096',
        'ethtool.pause-rx': 'off',
        'ethtool.pause-tx': 'off',
      },
    },
  },
  'options of a NIC that are none of those': left(
    { 'ifcfg-eno1': 'DEVICE=eno1\nBOOTPROTO=dhcp\nETHTOOL_OPTS="-X eno1 equal 8"\n' },
    'ifcfg-eno1: ETHTOOL_OPTS "-X eno1 equal 8" is not understood',
  ),
  'InfiniBand, with a partition': {
    scripts: {
      'ifcfg-ib0':
        'DEVICE=ib0\nTYPE=InfiniBand\nCONNECTED_MODE=yes\nMTU=65520\nHWADDR=80:00:00:48:fe:80:00:00:00:00:00:00:00:02:c9:03:00:aa:00:01\nBOOTPROTO=none\nIPADDR=192.0.2.10/24\nIPV6INIT=no\n',
      'ifcfg-ib0.8003':
        'DEVICE=ib0.8003\nTYPE=InfiniBand\nPKEY=yes\nPKEY_ID=0x3\nPHYSDEV=ib0\nBOOTPROTO=none\nIPADDR=198.51.100.10/24\nIPV6INIT=no\n',
    },
    profiles: {
      ib0: {
        ...MANUAL('192.0.2.10/24'),
        'connection.type': 'infiniband',
        'infiniband.transport-mode': 'connected',
        'infiniband.mtu': '65520',
        'infiniband.mac-address': '80:00:00:48:FE:80:00:00:00:00:00:00:00:02:C9:03:00:AA:00:01',
      },
      'ib0.8003': {
        ...MANUAL('198.51.100.10/24'),
        'connection.type': 'infiniband',
        'infiniband.p-key': '0x8003',
        'infiniband.parent': 'ib0',
      },
    },
  },
  'InfiniBand that does not say so': left(
    { 'ifcfg-ib0': 'DEVICE=ib0\nBOOTPROTO=none\nIPADDR=192.0.2.10/24\n' },
    'ifcfg-ib0: DEVICE ib0 is no Ethernet NIC by its name, and TYPE is not set',
  ),
  'Open vSwitch': left(
    {
      'ifcfg-br-ex':
        'DEVICE=br-ex\nDEVICETYPE=ovs\nTYPE=OVSBridge\nBOOTPROTO=static\nIPADDR=192.0.2.10\nNETMASK=255.255.255.0\nGATEWAY=192.0.2.1\nONBOOT=yes\nNM_CONTROLLED=no\n',
      'ifcfg-eno1':
        'DEVICE=eno1\nDEVICETYPE=ovs\nTYPE=OVSPort\nOVS_BRIDGE=br-ex\nBOOTPROTO=none\nONBOOT=yes\n',
    },
    'ifcfg-br-ex: TYPE "OVSBridge" is not understood',
    'ifcfg-br-ex: DEVICETYPE "ovs" is not understood',
    'ifcfg-br-ex: NM_CONTROLLED keeps it from NetworkManager',
    'ifcfg-eno1: TYPE "OVSPort" is not understood',
    'ifcfg-eno1: DEVICETYPE "ovs" is not understood',
    'ifcfg-eno1: OVS_BRIDGE is not understood',
  ),
  'a team and its port': left(
    {
      'ifcfg-team0':
        'DEVICE=team0\nDEVICETYPE=Team\nTEAM_CONFIG=\'{"runner": {"name": "lacp"}}\'\nBOOTPROTO=dhcp\n',
      'ifcfg-eno1': 'DEVICE=eno1\nDEVICETYPE=TeamPort\nTEAM_MASTER=team0\n',
    },
    'ifcfg-team0: DEVICETYPE "Team" is not understood',
    'ifcfg-team0: TEAM_CONFIG is not understood',
    'ifcfg-eno1: DEVICETYPE "TeamPort" is not understood',
    'ifcfg-eno1: TEAM_MASTER is not understood',
  ),
  'wireless, with its secrets in a file beside': left(
    {
      'ifcfg-Office': 'TYPE=Wireless\nDEVICE=wlan0\nESSID=office\nMODE=Managed\nBOOTPROTO=dhcp\n',
      'keys-Office': 'WPA_PSK=secret-of-the-office\n',
    },
    'ifcfg-Office: TYPE "Wireless" is not understood',
    'keys-Office: is not understood',
    'ifcfg-Office: ESSID is not understood',
    'ifcfg-Office: MODE is not understood',
  ),
  'links of other kinds by their names': left(
    {
      'ifcfg-tun0': 'DEVICE=tun0\nIPADDR=192.0.2.10/24\n',
      'ifcfg-dummy0': 'DEVICE=dummy0\nIPADDR=192.0.2.11/32\n',
      'ifcfg-sit1': 'DEVICE=sit1\nBOOTPROTO=none\n',
    },
    'ifcfg-tun0: DEVICE tun0 is no Ethernet NIC by its name, and TYPE is not set',
    'ifcfg-dummy0: DEVICE dummy0 is no Ethernet NIC by its name, and TYPE is not set',
    'ifcfg-sit1: DEVICE sit1 is no Ethernet NIC by its name, and TYPE is not set',
  ),
  'two kinds at once': left(
    { 'ifcfg-br0': 'DEVICE=br0\nTYPE=Bridge\nBONDING_OPTS="mode=1"\nBOOTPROTO=dhcp\n' },
    'ifcfg-br0: TYPE says several kinds: bridge, bond',
    'ifcfg-br0: BONDING_OPTS is not understood',
  ),
};
