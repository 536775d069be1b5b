import { say, type Words } from '../../api/words.ts';
import type { LinkRecord } from '../../system/iproute.ts';
import type { Nic, NicKind } from '../facts/schema.ts';
import { type ManagementHints, managementLink } from './management-link.ts';

/** What is known of the links besides the kernel's records. */
export interface NicHints extends ManagementHints {
  /** Megabits per second by name. */
  speeds: ReadonlyMap<string, number>;
  /** By name. */
  drivers: ReadonlyMap<string, string>;
}

/** The links as the main screen shows them, in the kernel's order. */
export function nicsOf(links: readonly LinkRecord[], hints: NicHints): Nic[] {
  const management = managementLink(links, hints);
  const nics = links.map((link) => nicOf(link, links, hints, management));
  return nics.map((nic) => withTrouble(nic, nics, links));
}

function nicOf(
  link: LinkRecord,
  links: readonly LinkRecord[],
  hints: NicHints,
  management: string | undefined,
): Nic {
  const adminUp = link.flags.includes('UP');
  const carrier = link.flags.includes('LOWER_UP');
  const speed = hints.speeds.get(link.ifname);
  const driver = hints.drivers.get(link.ifname);
  const bond = bondOf(link, links);
  const vlan = vlanOf(link);
  return {
    name: link.ifname,
    kind: kindOf(link),
    mac: link.address ?? '',
    mtu: link.mtu,
    up: adminUp && carrier,
    adminUp,
    carrier,
    ...(speed === undefined ? {} : { speed }),
    ...(driver === undefined ? {} : { driver }),
    addresses: addressesOf(link).map(({ local, prefixlen }) => `${local}/${prefixlen}`),
    ...(link.master === undefined ? {} : { master: link.master }),
    ports: portsOf(link.ifname, links).map((port) => port.ifname),
    ...(bond === undefined ? {} : { bond }),
    ...(vlan === undefined ? {} : { vlan }),
    management: link.ifname === management,
  };
}

const KINDS: Record<string, NicKind> = { bond: 'bond', vlan: 'vlan', bridge: 'bridge', vxlan: 'vxlan' };

/** A link without a kind of its own is backed by a driver: a real NIC, or what the machine shows as one. */
function kindOf(link: LinkRecord): NicKind {
  if (link.link_type === 'loopback') return 'loopback';
  const kind = link.linkinfo?.info_kind;
  if (kind === undefined)
    return link.link_type === 'ether' || link.link_type === 'infiniband' ? 'physical' : 'virtual';
  return KINDS[kind] ?? 'virtual';
}

const addressesOf = (link: LinkRecord) => (link.addr_info ?? []).filter(({ scope }) => scope !== 'link');

const portsOf = (name: string, links: readonly LinkRecord[]) => links.filter(({ master }) => master === name);

function bondOf(link: LinkRecord, links: readonly LinkRecord[]): Nic['bond'] {
  const { info_kind, info_data } = link.linkinfo ?? {};
  if (info_kind !== 'bond') return undefined;
  const ports = portsOf(link.ifname, links);
  const activePort = info_data?.active_slave;
  return {
    mode: info_data?.mode ?? 'unknown',
    ...(activePort === undefined ? {} : { activePort }),
    portsUp: ports.filter(isPortUp).length,
    portsTotal: ports.length,
  };
}

/** The bond's own view of the port (MII status) counts: a switch may take a port out that still has carrier. */
const isPortUp = (port: LinkRecord): boolean =>
  port.flags.includes('LOWER_UP') && (port.linkinfo?.info_slave_data?.mii_status ?? 'UP') === 'UP';

function vlanOf(link: LinkRecord): Nic['vlan'] {
  const { info_kind, info_data } = link.linkinfo ?? {};
  if (info_kind !== 'vlan' || info_data?.id === undefined || link.link === undefined) return undefined;
  return { id: info_data.id, parent: link.link };
}

function withTrouble(nic: Nic, nics: readonly Nic[], links: readonly LinkRecord[]): Nic {
  const trouble = portTrouble(nic, nics) ?? bondTrouble(nic, nics, links);
  return trouble === undefined ? nic : { ...nic, trouble };
}

function portTrouble(nic: Nic, nics: readonly Nic[]): Words | undefined {
  const bond = nics.find(({ name }) => name === nic.master)?.bond;
  if (bond === undefined) return undefined;
  if (!nic.adminUp) return say('bond port is switched off', '聚合成员已停用');
  if (!nic.carrier) return say('bond port without carrier', '聚合成员无载波');
  return undefined;
}

const NO_PARTNER = '00:00:00:00:00:00';

function bondTrouble(nic: Nic, nics: readonly Nic[], links: readonly LinkRecord[]): Words | undefined {
  if (nic.bond === undefined) return undefined;
  if (nic.bond.portsTotal === 0) return say('bond without ports', '聚合没有成员');
  if (nic.bond.portsUp === 0) return say('no port of the bond is up', '聚合没有可用成员');
  const speeds = new Set(
    nics.filter((port) => port.master === nic.name && port.up).map((port) => port.speed),
  );
  speeds.delete(undefined);
  if (speeds.size > 1) return say('ports of different speed', '成员速率不一致');
  const partner = links.find(({ ifname }) => ifname === nic.name)?.linkinfo?.info_data?.ad_info?.partner_mac;
  if (partner === NO_PARTNER)
    return say('no LACP partner: look at the switch', '没有 LACP 对端：请检查交换机');
  return undefined;
}
