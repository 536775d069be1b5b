import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readLinks } from '../../system/iproute.ts';
import type { MissingNic } from '../facts/schema.ts';
import { currentId, readKept } from './change/kept.ts';
import { DISK_PROFILES, LINK_FILES, type NetworkPlaces } from './change/places.ts';
import { type Setting, settingsIn } from './nm-settings.ts';

/** What a keyfile of NetworkManager's says, as far as it tells of NICs. */
interface Keyfile {
  type: string;
  uuid: string;
  name: string;
  mac: string;
  starts: boolean;
  controller: string;
  parent: string;
  addresses: string[];
}

/**
 * The NICs that NetworkManager's profiles on the disk, their VLANs and the management setting are about and that are not
 * there. Needs no NetworkManager. A file that cannot be read is left out.
 */
export async function missingNics(places: NetworkPlaces, managementNic?: string): Promise<MissingNic[]> {
  const [files, links] = await Promise.all([readKeyfiles(), readLinks()]);
  const there = new Set(links.flatMap(({ ifname, altnames = [] }) => [ifname, ...altnames]));
  const macs = new Set(links.map(({ permaddr, address = '' }) => (permaddr ?? address).toLowerCase()));
  const found = missingAmong(files, { there, macs }, managementNic);
  if (found.length === 0 || found.every(({ mac }) => mac !== undefined)) return found;
  const known = await knownMacs(places);
  return found.map((nic) => {
    const mac = nic.mac ?? known.get(nic.name);
    return { ...nic, ...(mac === undefined ? {} : { mac }) };
  });
}

interface Present {
  there: ReadonlySet<string>;
  /** Permanent ones. */
  macs: ReadonlySet<string>;
}

function missingAmong(
  files: readonly Keyfile[],
  { there, macs }: Present,
  managementNic: string | undefined,
): MissingNic[] {
  const byUuid = new Map(files.map((file) => [file.uuid, file.name]));
  const named = (text: string) => byUuid.get(text) ?? text;
  const isMade = (name: string) => files.some((file) => file.name === name && file.type !== 'ethernet');
  const isAway = ({ name, mac }: Keyfile) => (name === '' ? mac !== '' && !macs.has(mac) : !there.has(name));
  const found = new Map<string, MissingNic>();
  const about = (name: string): MissingNic => {
    const nic = found.get(name) ?? { name, addresses: [], vlans: [], management: name === managementNic };
    found.set(name, nic);
    return nic;
  };
  for (const file of files.filter(({ type, starts }) => type === 'ethernet' && starts).filter(isAway)) {
    const nic = about(file.name || file.mac);
    nic.addresses.push(...file.addresses);
    if (file.mac !== '') nic.mac = file.mac;
    if (file.controller !== '') nic.controller = named(file.controller);
  }
  for (const { type, name, parent } of files) {
    const below = named(parent);
    if (type === 'vlan' && below !== '' && !there.has(below) && !isMade(below)) about(below).vlans.push(name);
  }
  if (managementNic !== undefined && !there.has(managementNic) && !isMade(managementNic))
    about(managementNic);
  return [...found.values()].map((nic) => ({
    ...nic,
    management: nic.management || [...nic.vlans, nic.controller].includes(managementNic),
  }));
}

async function readKeyfiles(): Promise<Keyfile[]> {
  const names = (await readdir(DISK_PROFILES).catch(() => [])).filter((name) => !name.startsWith('.'));
  return (await Promise.all(names.map((name) => settingsIn(join(DISK_PROFILES, name))))).map(keyfileFrom);
}

function keyfileFrom(settings: readonly Setting[]): Keyfile {
  const value = (section: string, key: string) =>
    settings.findLast((each) => each.section === section && each.key === key)?.value ?? '';
  const type = value('connection', 'type').replace('802-3-ethernet', 'ethernet');
  const isPort = value('connection', 'master') || value('connection', 'controller');
  const wired = value('ethernet', 'mac-address') || value('802-3-ethernet', 'mac-address');
  return {
    type,
    uuid: value('connection', 'uuid'),
    name: value('connection', 'interface-name'),
    mac: wired.toLowerCase(),
    starts: value('connection', 'autoconnect') !== 'false',
    controller: isPort,
    parent: value('vlan', 'parent'),
    addresses: [
      ...settings
        .filter(({ section, key }) => /^ipv[46]$/.test(section) && /^address(es)?\d*$/.test(key))
        .map(({ value: text }) => text.split(',')[0] ?? ''),
      ...(value('ipv4', 'method') === 'auto' ? ['DHCP'] : []),
    ],
  };
}

/** By name: of the files that name NICs, else of the last kept state. */
async function knownMacs(places: NetworkPlaces): Promise<Map<string, string>> {
  const known = new Map<string, string>();
  const id = await currentId(places);
  const kept = await readKept(places, id).catch(() => undefined);
  for (const { name, mac } of kept?.state.links ?? []) if (mac !== undefined) known.set(name, mac);
  for (const file of await readdir(LINK_FILES).catch(() => [])) {
    const text = await readFile(join(LINK_FILES, file), 'utf8').catch(() => '');
    const mac = /^(?:Permanent)?MACAddress=(\S+)$/m.exec(text)?.[1];
    const name = /^Name=(\S+)$/m.exec(text)?.[1];
    if (mac !== undefined && name !== undefined) known.set(name, mac.toLowerCase());
  }
  return known;
}
