import { say } from '../../../api/words.ts';
import { type Ifcfg, isNo, parseIfcfg } from '../ifcfg.ts';
import { harmless } from './harmless.ts';
import type { Problem } from './problem.ts';
import type { OldFiles } from './read.ts';

/** What `/etc/sysconfig/network` says for every link. */
export interface Machine {
  settings: Ifcfg;
  /** The host's name, where the system has none of its own. */
  hostname?: string;
  problems: Problem[];
  /** Nothing can be taken over while these stand. */
  stops: boolean;
}

const FILE = 'network';
/** Keys that are carried into links, or that say nothing more. */
const KNOWN = new Set([
  'NETWORKING',
  'NETWORKING_IPV6',
  'HOSTNAME',
  'GATEWAY',
  'GATEWAYDEV',
  'IPV6_DEFAULTGW',
  'IPV6_DEFAULTDEV',
  'IPV6INIT',
  'IPV6_AUTOCONF',
  'VLAN',
]);
/** Keys of links: the scripts read this file before each link's own, so that they would hold for all of them. */
const OF_LINKS =
  /^(DEFROUTE|PEERDNS|PEERROUTES|MTU|METRIC|DNS\d*|DOMAIN|BOOTPROTO|ONBOOT|NM_CONTROLLED|DHCP_.*|IPV6_.*|IPV4_.*|RES_OPTIONS|ETHTOOL_.*|BONDING_.*|ZONE|IPADDR\d*|PREFIX\d*|NETMASK\d*)$/;

const HOST = /^[A-Za-z0-9]([A-Za-z0-9.-]{0,62}[A-Za-z0-9])?$/;
const NO_NAME = /^\s*(localhost(\.localdomain)?|\(none\))?\s*$/;

export function readMachine({ network, hostname }: OldFiles): Machine {
  const { settings, problem } = parseIfcfg(network ?? '');
  if (problem !== undefined) return { settings: {}, problems: [{ file: FILE, ...problem }], stops: true };
  const machine: Machine = { settings: filled(settings), problems: [], stops: false };
  for (const [key, value] of Object.entries(machine.settings)) {
    if (KNOWN.has(key) || harmless(key, value) === 'yes') continue;
    machine.problems.push({ file: FILE, key, words: OF_LINKS.test(key) ? FOR_ALL : NOT_KNOWN });
    machine.stops ||= OF_LINKS.test(key);
  }
  if (isNo(settings.NETWORKING)) {
    machine.problems.push({
      file: FILE,
      key: 'NETWORKING',
      words: say('switches the network off', '关闭了网络'),
    });
    machine.stops = true;
  }
  const name = settings.HOSTNAME ?? '';
  if (NO_NAME.test(name) || !NO_NAME.test((hostname ?? '').replace(/#.*/g, ''))) return machine;
  if (HOST.test(name)) return { ...machine, hostname: name };
  machine.problems.push({ file: FILE, key: 'HOSTNAME', words: NOT_KNOWN });
  return machine;
}

const NOT_KNOWN = say('is not understood', '无法理解');
const FOR_ALL = say('would hold for every link', '会对所有链路生效');

const filled = (settings: Ifcfg): Ifcfg =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== ''));
