import { say } from '../../../api/words.ts';
import { isKernelName, nameProblem } from '../change/schema/names.ts';
import { bondSection } from './bond.ts';
import { bridgePortSection, bridgeSection } from './bridge.ts';
import { ethtoolSections } from './ethtool.ts';
import type { Ifcfg } from './ifcfg.ts';
import { family4 } from './ipv4.ts';
import { family6, KEYS6 } from './ipv6.ts';
import { Keys } from './keys.ts';
import { isNicName, kindOf, type OldKind } from './kinds.ts';
import { moreAddresses } from './more.ts';
import { type Problem, valueWords } from './problem.ts';
import type { Sections } from './profile.ts';
import type { OldFiles } from './read.ts';
import { linesOf } from './rest.ts';
import type { RuleNumbers } from './routing-rules.ts';
import type { Unit } from './units.ts';

/** What is known besides a link's own files. */
export interface LinkContext {
  files: OldFiles;
  units: readonly Unit[];
  machine: Ifcfg;
  numbers: RuleNumbers;
  /** Names of NICs that udev gives, by MAC address. */
  given: ReadonlyMap<string, string>;
  uuidOf(unit: Unit): string;
}

export interface OldLink {
  unit: Unit;
  id: string;
  kind: OldKind | undefined;
  sections: Sections;
  /** Permanent MAC address that the profile is bound to. */
  mac?: string;
  /** The name that the NIC of this MAC address has to be given. */
  naming?: { mac: string; name: string };
  /** Files of other links without which this one is none: its controller's, its parent's. */
  needs: string[];
  /** Its default route, by IPv4. */
  gateway?: string;
  /** That is the machine's own. */
  hasMachineGateway: boolean;
  problems: Problem[];
}

/** Reads one link, and says in `problems` what of it is not understood. */
export function oldLink(unit: Unit, context: LinkContext): OldLink {
  const { main, device } = unit;
  const keys = new Keys(main.file, main.settings);
  const id = device ?? main.suffix;
  keys.pass('DEVICE');
  const master = controllerOf(keys, context);
  const kind = kindOf(keys, device, namedBy(device, unit, context));
  const identity = identityOf(keys, unit, kind, context);
  const link: OldLink = {
    unit,
    id,
    kind,
    sections: { connection: connectionSection(keys, unit, kind, identity, context) },
    ...(identity.mac === undefined ? {} : { mac: identity.mac }),
    ...(identity.naming === undefined ? {} : { naming: identity.naming }),
    needs: [],
    hasMachineGateway: false,
    problems: [],
  };
  Object.assign(link.sections, kindSections(keys, link, identity, context));
  if (master !== undefined) asPort(keys, link, master);
  else addFamilies(keys, link, context);
  checkWhole(keys, unit);
  link.problems = [
    ...(main.problem ? [main.problem] : []),
    ...unit.problems,
    ...link.problems,
    ...keys.finish(),
  ];
  return link;
}

interface Controller {
  kind: 'bond' | 'bridge';
  name: string;
  /** Of its file; undefined when there is none. */
  file: string | undefined;
}

/** Bond or bridge that the link is a port of, named by interface or by its file's UUID. */
function controllerOf(keys: Keys, { units }: LinkContext): Controller | undefined {
  const master = keys.text('MASTER') ?? keys.text('MASTER_UUID');
  const bridge = keys.text('BRIDGE') ?? keys.text('BRIDGE_UUID');
  if (keys.yes('SLAVE') === true && master === undefined)
    keys.refuse('SLAVE', say('is set without MASTER', '已设置，但没有 MASTER'));
  if (master !== undefined && bridge !== undefined)
    keys.refuse('BRIDGE', say('stands beside MASTER', '与 MASTER 并存'));
  const told = master ?? bridge;
  if (told === undefined) return undefined;
  const unit = units.find(({ device, main }) => device === told || main.settings.UUID === told);
  const key = master === undefined ? 'BRIDGE' : 'MASTER';
  if (unit?.device === undefined) keys.refuse(key, say(`${told} has no file here`, `${told} 没有对应文件`));
  keys.pass('MASTER', 'MASTER_UUID', 'BRIDGE', 'BRIDGE_UUID');
  return {
    kind: master === undefined ? 'bridge' : 'bond',
    name: unit?.device ?? told,
    file: unit?.main.file,
  };
}

function namedBy(device: string | undefined, { main }: Unit, { units }: LinkContext) {
  const isThis = (told: string | undefined) =>
    told !== undefined && told !== '' && (told === device || told === main.settings.UUID);
  return {
    byMaster: units.some(({ main: { settings } }) => isThis(settings.MASTER) || isThis(settings.MASTER_UUID)),
    byBridge: units.some(({ main: { settings } }) => isThis(settings.BRIDGE) || isThis(settings.BRIDGE_UUID)),
  };
}

interface Identity {
  mac?: string;
  naming?: { mac: string; name: string };
  /** Undefined where the profile goes by MAC address alone. */
  interfaceName?: string;
}

/**
 * By what the profile finds its link. The scripts refuse a NIC of another MAC address than HWADDR, and udev names it
 * after DEVICE by that; a name of the kernel's own kind may be another NIC's at the next boot, so that there the MAC
 * address alone decides, where the files tell it.
 */
function identityOf(
  keys: Keys,
  { device, main }: Unit,
  kind: OldKind | undefined,
  context: LinkContext,
): Identity {
  if (device !== undefined && nameProblem(device) !== undefined) keys.refuse('DEVICE', valueWords(device));
  if (kind === 'vlan') return vlanIdentity(keys, device, context);
  if (kind === 'infiniband')
    return withName(device, { mac: keys.like('HWADDR', /^([0-9a-f]{2}:){19}[0-9a-f]{2}$/i)?.toLowerCase() });
  if (kind !== 'ethernet') return withName(device, {});
  const told = keys.mac('HWADDR');
  if (device === undefined) {
    if (told === undefined)
      keys.refuse('DEVICE', say('is not set, nor is HWADDR', '未设置，HWADDR 也未设置'));
    if (!/^[\w][\w .@+-]{0,63}$/.test(main.suffix)) keys.refuse('NAME', valueWords(main.suffix));
    return withMac(told);
  }
  const byRules = macNamed(device, context.given);
  if (told !== undefined && byRules !== undefined && told !== byRules)
    keys.refuse('HWADDR', say(`is not that of ${device} in udev's rules`, `与 udev 规则中的 ${device} 不符`));
  if (isKernelName(device)) return (told ?? byRules) ? withMac(told ?? byRules) : { interfaceName: device };
  if (told === undefined) return { interfaceName: device };
  return { interfaceName: device, mac: told, naming: { mac: told, name: device } };
}

const withMac = (mac: string | undefined): Identity => (mac === undefined ? {} : { mac });

const withName = (device: string | undefined, { mac }: { mac?: string | undefined }): Identity => ({
  ...(device === undefined ? {} : { interfaceName: device }),
  ...withMac(mac),
});

/** A tagged link has its parent's address, which many files repeat. */
function vlanIdentity(keys: Keys, device: string | undefined, { units }: LinkContext): Identity {
  const told = keys.mac('HWADDR');
  const parents = units.map(({ main }) => main.settings.HWADDR?.toLowerCase());
  if (told !== undefined && !parents.includes(told)) keys.refuse('HWADDR');
  return withName(device, {});
}

function connectionSection(
  keys: Keys,
  unit: Unit,
  kind: OldKind | undefined,
  { interfaceName }: Identity,
  context: LinkContext,
): Sections[string] {
  const wait = keys.number('DEVTIMEOUT', 0, 86400);
  if (kind !== 'ethernet' && unit.device === undefined) keys.refuse('DEVICE', say('is not set', '未设置'));
  return {
    id: unit.device ?? unit.main.suffix,
    uuid: context.uuidOf(unit),
    type: kind,
    'interface-name': interfaceName,
    autoconnect: keys.yes('ONBOOT') === false ? false : undefined,
    'autoconnect-priority': keys.like('AUTOCONNECT_PRIORITY', /^-?[1-9]\d{0,2}$/),
    'autoconnect-slaves': kind === 'bond' || kind === 'bridge' ? 1 : undefined,
    zone: keys.like('ZONE', /^[\w-]{1,63}$/),
    lldp: keys.yes('LLDP') === undefined ? undefined : Number(keys.yes('LLDP')),
    'wait-device-timeout': wait === undefined ? undefined : wait * 1000,
  };
}

function kindSections(keys: Keys, link: OldLink, { mac }: Identity, context: LinkContext): Sections {
  const { kind, unit } = link;
  if (kind === 'infiniband') return infinibandSections(keys, unit.device, mac);
  const { ethernet, ethtool } = ethtoolSections(keys, unit.device);
  return {
    ethernet: {
      'mac-address': mac ?? parentMac(keys, link, context),
      'cloned-mac-address': keys.text('MACADDR') && clonedMac(keys),
      mtu: keys.number('MTU', 68, 65535),
      ...ethernet,
    },
    ...(Object.keys(ethtool).length > 0 ? { ethtool } : {}),
    ...(kind === 'bond' ? { bond: bondSection(keys, context.files.bonding) } : {}),
    ...(kind === 'bridge' ? { bridge: bridgeSection(keys) } : {}),
    ...(kind === 'vlan' ? { vlan: vlanSection(keys, link, context) } : {}),
  };
}

/** Of a tagged link's parent that has no file, and a name that is not promised. */
function parentMac(keys: Keys, { kind, unit }: OldLink, { units, given }: LinkContext): string | undefined {
  const below = keys.settings.PHYSDEV || unit.device?.replace(/\.\d+$/, '') || '';
  const hasFile = units.some(({ device }) => device === below);
  return kind === 'vlan' && !hasFile && isKernelName(below) ? macNamed(below, given) : undefined;
}

const clonedMac = (keys: Keys): string | undefined => {
  const text = keys.text('MACADDR') ?? '';
  return /^(permanent|preserve|random|stable)$/.test(text) ? text : keys.mac('MACADDR');
};

function infinibandSections(keys: Keys, device: string | undefined, mac: string | undefined): Sections {
  const key = keys.yes('PKEY') === true ? keys.like('PKEY_ID', /^(0x[0-9a-f]{1,4}|\d{1,5})$/i) : undefined;
  const parent = key === undefined ? undefined : keys.text('PHYSDEV');
  if (keys.yes('PKEY') === true) {
    // That is how the kernel calls it, and NetworkManager takes no other name.
    const number = Number(key) | 0x8000;
    if (device !== `${parent}.${number.toString(16)}`) keys.refuse('PKEY_ID');
  }
  return {
    infiniband: {
      'mac-address': mac,
      mtu: keys.number('MTU', 68, 65520),
      'transport-mode': keys.yes('CONNECTED_MODE') === true ? 'connected' : 'datagram',
      'p-key': key === undefined ? undefined : Number(key) | 0x8000,
      parent,
    },
  };
}

/** `eth0.100`, or `vlan100` with its PHYSDEV. */
function vlanSection(keys: Keys, link: OldLink, context: LinkContext): Sections[string] {
  const device = link.unit.device ?? '';
  const [, above, digits] = /^(.+)\.(\d{1,4})$/.exec(device) ?? [];
  keys.pass('VLAN_NAME_TYPE');
  const told = keys.number('VLAN_ID', 1, 4094);
  const named = Number(digits ?? /^vlan(\d+)$/.exec(device)?.[1]);
  const id = told ?? named;
  if (!(id >= 1 && id <= 4094)) keys.refuse('VLAN_ID', valueWords(String(told ?? device)));
  const below = keys.text('PHYSDEV') ?? above;
  if (below === undefined) return { id, parent: keys.refuse('PHYSDEV', say('is not set', '未设置')) };
  if (above !== undefined && above !== below && digits !== undefined && told === undefined)
    keys.refuse('PHYSDEV', say(`is not the ${above} of the name`, `与名称中的 ${above} 不符`));
  const parent = context.units.find((unit) => unit.device === below || unit.main.settings.UUID === below);
  if (parent !== undefined) link.needs.push(parent.main.file);
  else if (!isNicName(below))
    keys.refuse('PHYSDEV', say(`${below} has no file here`, `${below} 没有对应文件`));
  return { id, parent: parentName(parent, below, context) };
}

/** A parent whose name is not promised is named by its profile, or by the MAC address that the section before has. */
function parentName(
  parent: Unit | undefined,
  below: string,
  { given, uuidOf }: LinkContext,
): string | undefined {
  if (parent !== undefined) return isKernelName(parent.device ?? 'eth0') ? uuidOf(parent) : parent.device;
  return isKernelName(below) && macNamed(below, given) !== undefined ? undefined : below;
}

const macNamed = (name: string, given: LinkContext['given']): string | undefined =>
  [...given].find(([, other]) => other === name)?.[0];

/** A port has no addresses: the scripts gave it none either, whatever its file says of how to get them. */
function asPort(keys: Keys, link: OldLink, { kind, name, file }: Controller): void {
  keys.pass('BOOTPROTO', 'DEFROUTE', 'PEERDNS', 'PEERROUTES', 'IPV4_FAILURE_FATAL', 'DOMAIN', ...KEYS6);
  keys.pass(...keys.endings('DNS').map((ending) => `DNS${ending}`));
  Object.assign(link.sections.connection ?? {}, { master: name, 'slave-type': kind });
  if (file !== undefined) link.needs.push(file);
  if (kind === 'bridge') {
    const port = bridgePortSection(keys);
    if (Object.keys(port).length > 0) link.sections['bridge-port'] = port;
  }
  for (const rest of [...link.unit.rest, ...link.unit.more.map((more) => more.file)])
    link.problems.push({
      file: rest,
      words: say('belongs to a port, which has no addresses', '属于端口，端口没有地址'),
    });
}

function addFamilies(keys: Keys, link: OldLink, context: LinkContext): void {
  const { unit } = link;
  const { device } = unit;
  const { addresses, problems: ofMore } = moreAddresses(unit);
  const lines = linesOf(unit, context);
  const { machine } = context;
  const of = (version: 4 | 6) => ({
    device,
    machine,
    more: version === 4 ? addresses : [],
    routes: lines.routes[version],
    rules: lines.rules[version],
  });
  const ipv4 = family4(keys, of(4));
  link.sections.ipv4 = ipv4.section;
  link.sections.ipv6 = family6(keys, of(6), ipv4.section.method === 'disabled');
  link.hasMachineGateway = ipv4.hasMachineGateway;
  if (ipv4.gateway !== undefined) link.gateway = ipv4.gateway;
  link.problems.push(...ofMore, ...lines.problems);
}

function checkWhole(keys: Keys, { main }: Unit): void {
  if (keys.settings.NM_CONTROLLED !== undefined && keys.yes('NM_CONTROLLED') === false)
    keys.refuse('NM_CONTROLLED', say('keeps it from NetworkManager', '表明不由 NetworkManager 管理'));
  if (main.settings.PKEY !== undefined) keys.yes('PKEY');
}
