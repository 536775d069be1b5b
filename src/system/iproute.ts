import { readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { Fault } from '../api/fault.ts';
import { say } from '../api/words.ts';
import { type Listened, mustRun, runLines } from './exec.ts';
import type { ReadText } from './proc.ts';

/** One link as `ip -j -d addr show` prints it: the members that are used here. */
export interface LinkRecord {
  ifindex: number;
  ifname: string;
  /** Other names that the kernel knows it by; udev gives a NIC those of its slot, and no other link can have them. */
  altnames?: string[];
  /** The link below (a VLAN's parent), by name. */
  link?: string;
  flags: string[];
  mtu: number;
  master?: string;
  link_type: string;
  address?: string;
  /** The one that the NIC was made with, where it has another now. */
  permaddr?: string;
  linkinfo?: {
    info_kind?: string;
    info_data?: LinkData;
    info_slave_kind?: string;
    info_slave_data?: { mii_status?: string; state?: string };
  };
  addr_info?: AddressRecord[];
}

export interface LinkData {
  /** Bond. */
  mode?: string;
  active_slave?: string;
  ad_info?: { partner_mac?: string };
  /** VLAN, VXLAN. */
  id?: number;
}

export interface AddressRecord {
  family: 'inet' | 'inet6';
  local: string;
  prefixlen: number;
  scope: string;
}

const TIMEOUT = 5000;
/** A node with some thousand links and addresses prints a few megabytes. */
const MOST = 32 * 1024 * 1024;

/** Every link with its addresses, as the kernel has them now. Faults: as `mustRun`, and `failed` for text that is no JSON. */
export const readLinks = (): Promise<LinkRecord[]> => json(['ip', '-j', '-d', 'addr', 'show']);

/**
 * A link's name may hold what ip does not write as JSON has it: control characters as they are, and an escaped
 * apostrophe. One such name must not hide all the others.
 */
const mended = (text: string): string =>
  text
    .trim()
    .replace(/\\(.)/g, (pair, char) => (char === "'" ? char : pair))
    .replace(/[\u0000-\u001f]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);

async function json<T>(argv: readonly string[]): Promise<T> {
  const text = await mustRun(argv, { timeout: TIMEOUT, maxBytes: MOST });
  try {
    // Nothing to show is no text at all in some versions.
    return JSON.parse(mended(text) || '[]') as T;
  } catch (cause) {
    throw new Fault('failed', say('ip: its answer is no JSON', 'ip 的输出不是 JSON'), { cause });
  }
}

/** Takes an alternative name off a link. */
export async function dropAltname(link: string, name: string): Promise<void> {
  await mustRun(['ip', 'link', 'property', 'del', 'dev', link, 'altname', name], { timeout: TIMEOUT });
}

export async function addAltname(link: string, name: string): Promise<void> {
  await mustRun(['ip', 'link', 'property', 'add', 'dev', link, 'altname', name], { timeout: TIMEOUT });
}

/** The bridge or bond that a link is a port of, without a program's help: null when it is none's, undefined without such a link. */
export async function masterOf(name: string): Promise<string | null | undefined> {
  const at = `/sys/class/net/${name}`;
  const master = await readlink(`${at}/master`).catch(() => null);
  if (master !== null) return basename(master);
  return (await readlink(at).catch(() => undefined)) === undefined ? undefined : null;
}

/** Alternative names of one link, of which none is none. Faults as `readLinks`. */
export async function readAltnames(link: string): Promise<string[]> {
  const [record] = await json<LinkRecord[]>(['ip', '-j', 'link', 'show', 'dev', link]);
  return record?.altnames ?? [];
}

/** Megabits per second; undefined where the driver tells none (a link that is down, a virtual one). */
export async function readSpeed(name: string): Promise<number | undefined> {
  const text = await readFile(`/sys/class/net/${name}/speed`, 'utf8').catch(() => '');
  const speed = Number(text);
  return speed > 0 ? speed : undefined;
}

/** The kernel's driver of a NIC; undefined for what has none (bonds, VLANs, bridges). */
export async function readDriver(name: string): Promise<string | undefined> {
  const target = await readlink(`/sys/class/net/${name}/device/driver`).catch(() => undefined);
  return target === undefined ? undefined : basename(target);
}

/** Calls `onChange` for each change of a link, an address or a route. It ends when `ip` does or is killed. */
export function monitorLinks(onChange: () => void): Listened {
  // The monitor ends with its parent: an orphan would listen for ever.
  const argv = ['setpriv', '--pdeathsig', 'TERM', 'ip', '-o', 'monitor', 'link', 'address', 'route'];
  return runLines(argv, { onLine: onChange });
}

/** As `defaultRouteLink`, from the kernel's tables of now. */
export function readDefaultRouteLink(read: ReadText): string | undefined {
  const [route4 = '', route6 = ''] = ['route', 'ipv6_route'].map((name) =>
    textOrNone(read, `/proc/net/${name}`),
  );
  return defaultRouteLink(route4, route6);
}

/** A kernel without IPv6 has no file of its routes. */
function textOrNone(read: ReadText, path: string): string {
  try {
    return read(path);
  } catch {
    return '';
  }
}

/** Name of the link that holds the default route of lowest metric, IPv4 before IPv6; undefined without one. */
export function defaultRouteLink(route4: string, route6: string): string | undefined {
  return lowest(defaultRoutes4(route4)) ?? lowest(defaultRoutes6(route6));
}

interface RankedRoute {
  link: string;
  metric: number;
}

/** /proc/net/route: link, destination, gateway, flags, …, metric (7th), mask (8th); hexadecimal but for the metric. */
function defaultRoutes4(text: string): RankedRoute[] {
  return rows(text)
    .filter((row) => row[1] === '00000000' && row[7] === '00000000' && isUp(row[3]))
    .map((row) => ({ link: row[0] ?? '', metric: Number(row[6]) }));
}

/** /proc/net/ipv6_route: destination, prefix, source, prefix, next hop, metric, references, use, flags, link. */
function defaultRoutes6(text: string): RankedRoute[] {
  return rows(text)
    .filter((row) => /^0+$/.test(row[0] ?? '') && row[1] === '00' && row[9] !== 'lo' && isUp(row[8]))
    .map((row) => ({ link: row[9] ?? '', metric: Number.parseInt(row[5] ?? '', 16) }));
}

const rows = (text: string): string[][] => text.split('\n').map((line) => line.trim().split(/\s+/));

/** RTF_UP set, RTF_REJECT (0x200) not. */
const isUp = (flags = ''): boolean => (Number.parseInt(flags, 16) & 0x201) === 1;

const lowest = (routes: RankedRoute[]): string | undefined =>
  routes.sort((a, b) => a.metric - b.metric)[0]?.link;

/** A default route: through a gateway, or straight out of a link. */
export interface DefaultRoute {
  gateway?: string;
  dev: string;
}

/** The default routes of both families, each way of a multipath route by itself. Faults as `mustRun`. */
export async function readDefaultRoutes(): Promise<DefaultRoute[]> {
  const read = (family: string) =>
    json<(DefaultRoute & { nexthops?: DefaultRoute[] })[]>(['ip', family, '-j', 'route', 'show', 'default']);
  const routes = (await Promise.all([read('-4'), read('-6')])).flat();
  return routes.flatMap(({ nexthops, ...route }) => nexthops ?? [route]);
}

/** Whether the neighbour answered address resolution a moment ago. */
export async function isNeighbourReachable(address: string, dev: string): Promise<boolean> {
  const rows = await json<{ state?: string[] }[]>(['ip', '-j', 'neigh', 'show', address, 'dev', dev]);
  return rows.some(({ state }) => state?.includes('REACHABLE'));
}

/** Addresses of IPv4 neighbours on a link that answered at some time and are not known to be gone. */
export async function knownNeighbours(dev: string): Promise<string[]> {
  const rows = await json<{ dst: string; lladdr?: string }[]>([
    'ip',
    '-4',
    '-j',
    'neigh',
    'show',
    'dev',
    dev,
  ]);
  return rows.flatMap(({ dst, lladdr }) => (lladdr === undefined ? [] : [dst]));
}
