import { MANUAL, type OldCase } from './case.ts';

const left = (scripts: Record<string, string>, ...lines: string[]): OldCase => ({
  scripts,
  profiles: {},
  left: lines,
});

/** Files that are no files of that kind, or only in part. */
export const LEFT: Record<string, OldCase> = {
  'nothing in it': left(
    { 'ifcfg-eno1': '', 'ifcfg-eno2': '# DEVICE=eno2\n\n' },
    'ifcfg-eno1: holds no setting',
    'ifcfg-eno1: DEVICE is not set, nor is HWADDR',
    'ifcfg-eno2: holds no setting',
    'ifcfg-eno2: DEVICE is not set, nor is HWADDR',
  ),
  'no text': left(
    { 'ifcfg-eno1': '\u0000\u0007\u001bDEVICE=eno1\u0000' },
    'ifcfg-eno1: is no text',
    'ifcfg-eno1: DEVICE is not set, nor is HWADDR',
  ),
  'a script': left(
    {
      'ifcfg-eno1':
        'DEVICE=eno1\nBOOTPROTO=none\nif [ -f /etc/site ]; then\n. /etc/site\nfi\nIPADDR=192.0.2.10\n',
      'ifcfg-eno2': 'DEVICE=eno2\nBOOTPROTO=none\nIPADDR=$(cat /etc/address)\n',
      'ifcfg-eno3': 'DEVICE=eno3\nBOOTPROTO=none\nIPADDR="$NET.9"\n',
      'ifcfg-eno4': 'DEVICE=eno4 BOOTPROTO=dhcp\n',
    },
    'ifcfg-eno1: line 3 is no plain assignment',
    'ifcfg-eno2: IPADDR line 3 is no plain assignment',
    'ifcfg-eno3: IPADDR line 3 is no plain assignment',
    'ifcfg-eno4: DEVICE line 1 is no plain assignment',
    'ifcfg-eno4: DEVICE is not set, nor is HWADDR',
  ),
  'keys in small letters, which no shell script reads': left(
    { 'ifcfg-eno1': 'device=eno1\nipaddr=192.0.2.10\n' },
    'ifcfg-eno1: DEVICE is not set, nor is HWADDR',
    'ifcfg-eno1: device is not understood',
    'ifcfg-eno1: ipaddr is not understood',
  ),
  'names that no interface has': left(
    {
      'ifcfg-my nic': 'DEVICE="my nic"\nBOOTPROTO=dhcp\n',
      'ifcfg-long': 'DEVICE=enp129s0f0np0-backup0\nBOOTPROTO=dhcp\n',
      'ifcfg-path': 'DEVICE=../../etc/eno1\nBOOTPROTO=dhcp\n',
    },
    'ifcfg-my nic: DEVICE "my nic" is not understood',
    'ifcfg-long: DEVICE "enp129s0f0np0-backup0" is not understood',
    'ifcfg-path: DEVICE "../../etc/eno1" is not understood',
  ),
  'a key of a site': left(
    { 'ifcfg-eno1': 'DEVICE=eno1\nBOOTPROTO=dhcp\nMY_SITE="rack 7"\n' },
    'ifcfg-eno1: MY_SITE is not understood',
  ),
  'values that no key takes': left(
    { 'ifcfg-eno1': 'DEVICE=eno1\nBOOTPROTO=magic\nONBOOT=perhaps\nMTU=big\nHWADDR=12:34\n' },
    'ifcfg-eno1: HWADDR "12:34" is not understood',
    'ifcfg-eno1: ONBOOT "perhaps" is not understood',
    'ifcfg-eno1: MTU "big" is not understood',
    'ifcfg-eno1: BOOTPROTO "magic" is not understood',
  ),
  'a second address that comes up by hand alone': {
    scripts: {
      'ifcfg-eno1': 'DEVICE=eno1\nIPADDR=192.0.2.10/24\nIPV6INIT=no\n',
      'ifcfg-eno1:1': 'DEVICE=eno1:1\nIPADDR=192.0.2.11\nNETMASK=255.255.255.0\nONPARENT=no\n',
    },
    profiles: { eno1: MANUAL('192.0.2.10/24') },
    left: ['ifcfg-eno1:1: ONPARENT says that the address comes up by hand alone: it is not taken over'],
  },
  'a second address that is not understood keeps the first where it is': left(
    {
      'ifcfg-eno1': 'DEVICE=eno1\nIPADDR=192.0.2.10/24\nIPV6INIT=no\n',
      'ifcfg-eno1:1': 'DEVICE=eno1:1\nIPADDR=192.0.2.11\nNETMASK=255.255.255.0\nNO_ALIASROUTING=yes\n',
    },
    'ifcfg-eno1:1: NO_ALIASROUTING is not understood; with it stays ifcfg-eno1',
  ),
  'a range that ends before it begins': left(
    {
      'ifcfg-eno1': 'DEVICE=eno1\nIPADDR=192.0.2.10/24\nIPV6INIT=no\n',
      'ifcfg-eno1-range0': 'IPADDR_START=192.0.2.30\nIPADDR_END=192.0.2.20\nNETMASK=255.255.255.0\n',
    },
    'ifcfg-eno1-range0: IPADDR_END "192.0.2.20" is not understood; with it stays ifcfg-eno1',
    'ifcfg-eno1-range0: IPADDR gives no address',
  ),
};
