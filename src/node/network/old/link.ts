import { say } from '../../../api/words.ts';
import { bondSection } from './bond.ts';
import { bridgePortSection, bridgeSection } from './bridge.ts';
import type { LinkContext, OldLink } from './context.ts';
import { ethtoolSections } from './ethtool.ts';
import { type Identity, identityOf } from './identity.ts';
import { infinibandSections } from './infiniband.ts';
import { family4 } from './ipv4.ts';
import { family6, KEYS6 } from './ipv6.ts';
import { Keys } from './keys.ts';
import { kindOf, type OldKind } from './kinds.ts';
import { moreAddresses } from './more.ts';
import type { Sections } from './profile.ts';
import { linesOf } from './rest.ts';
import type { Unit } from './units.ts';
import { parentMac, vlanSection } from './vlan.ts';

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
  if (kind === 'infiniband') return infinibandSections(keys, link, context);
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

const clonedMac = (keys: Keys): string | undefined => {
  const text = keys.text('MACADDR') ?? '';
  return /^(permanent|preserve|random|stable)$/.test(text) ? text : keys.mac('MACADDR');
};

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
