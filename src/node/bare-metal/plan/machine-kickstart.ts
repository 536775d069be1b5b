import type { Installation } from '../schema/install.ts';
import { AS_IT_COMES, bondLine, kickstart, nicLine } from './kickstart.ts';

/** Where a machine that is installed over the network finds what it needs. */
export interface Sources {
  /** Address of the medium. */
  medium: string;
  /** Told by POST when the machine is installed. */
  installed: string;
}

/** The kickstart of one machine: its NICs by their MAC addresses, all its disks. */
export function machineKickstart(hostname: string, installation: Installation, sources: Sources): string {
  const { role, passwordHash, unattended } = installation;
  return kickstart({
    ...AS_IT_COMES,
    title: `${role} node ${hostname}. ${unattended ? 'Wipes all its disks.' : 'Its disks are chosen by hand.'}`,
    mode: role,
    source: sources.medium,
    passwordHash,
    hostname,
    lines: [
      ...networkByMac(installation),
      ...(unattended ? ALL_DISKS : []),
      'reboot',
      ...toldWhenDone(sources),
    ],
  });
}

/** One LVM over all disks, most of it to `/`. */
const ALL_DISKS = [
  'zerombr',
  'clearpart --all --initlabel --disklabel=gpt',
  'autopart --type=lvm --fstype=xfs --nohome',
];

/** Names of NICs are not known before the machine starts. */
function networkByMac({ macs, beside = [], ...network }: Installation): string[] {
  const line = bondLine({ ...network, device: 'bond0', ports: '$nics' });
  return [
    '%include /tmp/zs-network.ks',
    '%pre --erroronfail',
    `net=\${ZS_SYS:-/sys}/class/net`,
    `out=\${ZS_OUT:-/tmp}/zs-network.ks`,
    ...NAMED,
    'nics=',
    `for mac in ${macs.join(' ')}; do`,
    '\tname=$(named "$mac") || exit 1',
    `\tnics=$nics\${nics:+,}$name`,
    'done',
    `echo "${line}" > "$out"`,
    ...beside.flatMap(({ mac, ...nic }) => [
      `name=$(named ${mac}) || exit 1`,
      `echo "${nicLine('$name', nic)}" >> "$out"`,
    ]),
    '%end',
  ];
}

/** The name of the NIC with an address: those that are there, and nothing that is made of them. */
const NAMED = [
  'named() {',
  '\tfor nic in "$net"/*; do',
  `\t\t[ ! -e "$nic/device" ] || [ "$(cat "$nic/address")" != "$1" ] || { echo "\${nic##*/}"; return; }`,
  '\tdone',
  '\techo "no NIC has the address $1" >&2',
  '\treturn 1',
  '}',
];

const toldWhenDone = ({ installed }: Sources): string[] => [
  '%post --nochroot',
  `curl --fail --silent --show-error --retry 5 --request POST ${installed}`,
  '%end',
];
