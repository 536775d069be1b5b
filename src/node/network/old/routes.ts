import { Address4, Address6 } from 'ip-address';
import { prefixOf, type Version, versionOf } from '../change/schema/address.ts';
import { type Ifcfg, parseIfcfg } from '../ifcfg.ts';

/** One route as NetworkManager's files have it. */
export interface OldRoute {
  /** `10.1.0.0/16`; the default one is `0.0.0.0/0` or `::/0`. */
  to: string;
  via?: string;
  metric?: number;
  /** `table`, `src`, `onlink`, `type`, ... by NetworkManager's names. */
  options: Record<string, string>;
}

/** What routes and rules may refer to. */
export interface RouteContext {
  version: Version;
  /** The link that the file belongs to. */
  device: string | undefined;
  /** Numbers of the machine's routing tables by name. */
  tables: ReadonlyMap<string, number>;
}

const EVERY = { 4: '0.0.0.0/0', 6: '::/0' } as const;
const TYPES = new Set(['blackhole', 'unreachable', 'prohibit', 'throw']);
/** Words of `ip route` that take a number and are called the same in NetworkManager. */
const NUMBERS = new Set(['window', 'cwnd', 'initcwnd', 'initrwnd', 'advmss']);

/** The routes of a file, or its first line (or key) that is not understood. */
export function routesOf(text: string, context: RouteContext): OldRoute[] | string {
  const isPairs = /^\s*ADDRESS\d+=/m.test(text);
  return isPairs && context.version === 4 ? pairsOf(text, context) : linesOf(text, context);
}

/** Words of each line that is one, without comments. */
export function* wordLines(text: string): Generator<string[]> {
  for (const line of text.split('\n')) {
    const words = line.replace(/(^|\s)#.*/, '').trim();
    if (words !== '') yield words.split(/\s+/);
  }
}

function linesOf(text: string, context: RouteContext): OldRoute[] | string {
  const routes: OldRoute[] = [];
  for (const words of wordLines(text)) {
    const route = routeOf(words, context);
    if (route === undefined) return words.join(' ');
    routes.push(route);
  }
  return routes;
}

/** `ADDRESS0=`, `NETMASK0=`, `GATEWAY0=`: numbered from 0 without gaps, since the scripts stop at the first one. */
function pairsOf(text: string, context: RouteContext): OldRoute[] | string {
  const { settings, problem } = parseIfcfg(text);
  if (problem !== undefined) return firstOther(text);
  const routes: OldRoute[] = [];
  const known = new Set<string>();
  for (let at = 0; settings[`ADDRESS${at}`]; at++) {
    for (const key of ['ADDRESS', 'NETMASK', 'GATEWAY', 'METRIC', 'OPTIONS']) known.add(`${key}${at}`);
    const route = pairOf(settings, at, context);
    if (route === undefined) return `ADDRESS${at}`;
    routes.push(route);
  }
  return Object.keys(settings).find((key) => settings[key] !== '' && !known.has(key)) ?? routes;
}

const firstOther = (text: string): string =>
  text
    .split('\n')
    .find((line) => !/^\s*(#.*|\w+=["']?[\w./-]*["']?\s*)?$/.test(line))
    ?.trim() ?? 'ADDRESS0';

function pairOf(settings: Ifcfg, at: number, context: RouteContext): OldRoute | undefined {
  const prefix = prefixOf(settings[`NETMASK${at}`] ?? '', 4);
  const address = settings[`ADDRESS${at}`];
  const isDefault = address === '0.0.0.0' && /^(0|0\.0\.0\.0)$/.test(settings[`NETMASK${at}`] ?? '');
  if (typeof prefix !== 'number' && !isDefault) return undefined;
  const [via, metric] = [settings[`GATEWAY${at}`], settings[`METRIC${at}`]];
  const words = [
    isDefault ? 'default' : `${address}/${prefix}`,
    ...(via ? ['via', via] : []),
    ...(metric ? ['metric', metric] : []),
    ...(settings[`OPTIONS${at}`] ?? '').split(/\s+/).filter((word) => word !== ''),
  ];
  return routeOf(words, context);
}

/** One line of `ip route add`; undefined when a word of it is not understood. */
export function routeOf(given: readonly string[], context: RouteContext): OldRoute | undefined {
  const words = [...given];
  const route: OldRoute = { to: '', options: {} };
  if (TYPES.has(words[0] ?? '')) route.options.type = words.shift() ?? '';
  else if (words[0] === 'unicast') words.shift();
  if (words[0] === 'to') words.shift();
  const to = destinationOf(words.shift() ?? '', context.version);
  if (to === undefined) return undefined;
  route.to = to;
  while (words.length > 0) if (!takeWord(words.shift() ?? '', words, route, context)) return undefined;
  return isWhole(route, context.version) ? route : undefined;
}

/** `default`, `10.0.0.0/8`, `10.0.0.0/255.0.0.0` or a host. The kernel takes none with bits behind the prefix. */
export function destinationOf(text: string, version: Version): string | undefined {
  if (text === 'default' || text === EVERY[version]) return EVERY[version];
  const [address = '', length = version === 4 ? '32' : '128', more] = text.split('/');
  const prefix = prefixOf(length, version);
  if (more !== undefined || versionOf(address) !== version || typeof prefix !== 'number') return undefined;
  const net = version === 4 ? new Address4(`${address}/${prefix}`) : new Address6(`${address}/${prefix}`);
  const isNet = net.startAddress().bigInt() === net.bigInt();
  return isNet ? `${address}/${prefix}` : undefined;
}

/** Takes one word with what belongs to it; false when it is not understood. */
function takeWord(word: string, words: string[], route: OldRoute, context: RouteContext): boolean {
  if (word === 'onlink') {
    route.options.onlink = 'true';
    return true;
  }
  const value = words.shift() ?? '';
  if (NUMBERS.has(word)) return setNumber(route, word, value);
  switch (word) {
    case 'via':
      route.via = value;
      return versionOf(value) === context.version;
    case 'dev':
      return value === context.device;
    case 'metric':
    case 'preference':
      route.metric = Number(value);
      return /^\d{1,9}$/.test(value);
    case 'table':
      return setTable(route, value, context);
    case 'src':
      route.options.src = value;
      return versionOf(value) === context.version;
    case 'mtu':
      return takeMtu(value, words, route);
    case 'proto':
      return value === 'static' || value === 'boot';
    case 'scope':
      return value === (route.via === undefined && !words.includes('via') ? 'link' : 'global');
    default:
      return false;
  }
}

function setNumber(route: OldRoute, name: string, value: string): boolean {
  route.options[name] = value;
  return /^\d{1,9}$/.test(value);
}

function setTable(route: OldRoute, value: string, context: RouteContext): boolean {
  const table = tableOf(value, context.tables);
  if (table !== undefined && table !== 254) route.options.table = String(table);
  return table !== undefined && table !== 255;
}

function takeMtu(value: string, words: string[], route: OldRoute): boolean {
  if (value !== 'lock') return setNumber(route, 'mtu', value);
  route.options['lock-mtu'] = 'true';
  return setNumber(route, 'mtu', words.shift() ?? '');
}

/** Number of a table that is given by number or name; undefined when the machine has no such name. */
export function tableOf(text: string, tables: ReadonlyMap<string, number>): number | undefined {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : tables.get(text);
  return number !== undefined && number >= 1 && number <= 0xffffffff ? number : undefined;
}

/** A route of a type leads nowhere, so that it has no gateway; one that is on the link has one. */
const isWhole = ({ via, options }: OldRoute, version: Version): boolean =>
  !(options.type !== undefined && (via !== undefined || options.onlink !== undefined)) &&
  !(options.onlink !== undefined && via === undefined) &&
  !(options.src !== undefined && versionOf(options.src) !== version);

/** As `route3` and `route3_options` of a profile's section. */
export function routeKeys(routes: readonly OldRoute[]): Record<string, string> {
  const keys: Record<string, string> = {};
  for (const [at, { to, via, metric, options }] of routes.entries()) {
    const hop = via === undefined && metric === undefined ? [] : [via ?? ''];
    keys[`route${at + 1}`] = [to, ...hop, ...(metric === undefined ? [] : [metric])].join(',');
    const pairs = Object.entries(options).map(([name, value]) => `${name}=${value}`);
    if (pairs.length > 0) keys[`route${at + 1}_options`] = pairs.join(',');
  }
  return keys;
}
