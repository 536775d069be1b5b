import { Address4 } from 'ip-address';
import type { Role } from '../../../api/role.ts';
import { prefixOf } from '../../network/change/schema/address.ts';

/** The name that a mode has in the installer's comps, by which a kickstart chooses it: `@^zs-compute-node`. */
export const environmentOf = (role: Role): string => `zs-${role}-node`;

/** What every kickstart answers, besides the lines that are its own. */
export interface Kickstart {
  /** What stands first, as a comment. */
  title: string;
  mode: Role;
  /** `en_US.UTF-8`, `us` or `de-nodeadkeys`, `Asia/Shanghai`. */
  language: string;
  keyboard: string;
  timezone: string;
  ntpServers: readonly string[];
  /** Where the medium is served, when it is not in the machine. */
  source?: string | undefined;
  /** Of root's password, as crypt(5) writes it. */
  passwordHash: string;
  hostname?: string | undefined;
  /** Its own: network, disks, and how it ends. */
  lines: readonly string[];
}

/** The answers of a node that is installed as the product comes. */
export const AS_IT_COMES = {
  language: 'en_US.UTF-8',
  keyboard: 'us',
  timezone: 'Asia/Shanghai',
  ntpServers: [],
};

/** A kickstart for both generations of Enterprise Linux. */
export function kickstart(answers: Kickstart): string {
  const { title, mode, ntpServers, source, passwordHash, hostname, lines } = answers;
  const all = [
    `# ${title}`,
    ...firstLines(answers),
    ...ntpServers.map((server) => `timesource --ntp-server=${server}`),
    ...(source === undefined ? [] : [`url --url=${source}`]),
    `rootpw --iscrypted ${passwordHash}`,
    ...(hostname === undefined ? [] : [`network --hostname=${hostname}`]),
    ...lines,
    '%packages',
    `@^${environmentOf(mode)}`,
    '%end',
  ];
  return `${all.join('\n')}\n`;
}

/** Those that the product's own kickstarts have too (kickstart/pieces/common.ks). */
export const firstLines = ({
  language,
  keyboard,
  timezone,
}: Pick<Kickstart, 'language' | 'keyboard' | 'timezone'>): string[] => [
  `lang ${language}`,
  `keyboard --vckeymap=${keyboard} --xlayouts=${quoted(layout(keyboard))}`,
  `timezone ${timezone} --utc`,
  'firstboot --disabled',
  'firewall --enabled --service=ssh',
];

/** `de-nodeadkeys` of the console is `de (nodeadkeys)` of the graphical installer. */
function layout(keyboard: string): string {
  const [name = '', ...variant] = keyboard.split('-');
  return variant.length === 0 ? name : `${name} (${variant.join('-')})`;
}

const quoted = (text: string): string => (/^\w+$/.test(text) ? text : `'${text}'`);

export interface Bond {
  device: string;
  /** Names of its NICs, or what a shell puts there. */
  ports: string;
  mode: string;
  vlan?: number | undefined;
  /** `dhcp`, or an address with prefix or netmask. */
  address: string;
  gateway?: string | undefined;
  nameservers: readonly string[];
}

/** The one line that makes a bond, its VLAN and its address. */
export function bondLine({ device, ports, mode, vlan, address, gateway, nameservers }: Bond): string {
  const options = [
    `--device=${device}`,
    `--bondslaves=${ports}`,
    `--bondopts=mode=${mode},miimon=100${mode === '802.3ad' ? ',lacp_rate=fast' : ''}`,
    ...(vlan === undefined ? [] : [`--vlanid=${vlan}`, `--interfacename=${device}.${vlan}`]),
    ...addressing({ address, gateway, nameservers }),
  ];
  return `network ${options.join(' ')} --onboot=yes --activate`;
}

/** The line of a NIC that is no port of a bond; without an address it stays down. @param device its name, or what a shell puts there */
export function nicLine(device: string, { address, gateway, nameservers }: Unaddressed): string {
  const name = `network --device=${device}`;
  if (address === undefined) return `${name} --bootproto=dhcp --onboot=no`;
  return `${name} ${addressing({ address, gateway, nameservers }).join(' ')} --onboot=yes --activate`;
}

type Addressed = Pick<Bond, 'address' | 'gateway' | 'nameservers'>;
type Unaddressed = Omit<Addressed, 'address'> & { address?: string | undefined };

const addressing = ({ address, gateway, nameservers }: Addressed): string[] => [
  ...(address === 'dhcp' ? ['--bootproto=dhcp'] : fixed(address)),
  ...(gateway === undefined ? [] : [`--gateway=${gateway}`]),
  ...(nameservers.length === 0 ? [] : [`--nameserver=${nameservers.join(',')}`]),
];

function fixed(address: string): string[] {
  const [ip = '', length = ''] = address.split('/');
  const network = new Address4(`${ip}/${prefixOf(length, 4)}`);
  return ['--bootproto=static', `--ip=${ip}`, `--netmask=${network.subnetMaskAddress().correctForm()}`];
}
