import { prefixOf, versionOf } from '../change/schema/address.ts';
import { BOND_MODES, bondMode } from '../change/schema/bond.ts';
import { type Family, type LinkSettings, OFF, type Route } from '../change/schema/state.ts';
import type { KeyfileExtra } from '../keyfile.ts';
import { type Ifcfg, isNo, isYes, suffixesOf } from './ifcfg.ts';

/** One ifcfg file with the routes that belong to it. */
export interface OldLink {
  /** Of its interface. */
  name: string;
  /** Names of all its files. */
  files: string[];
  settings: Ifcfg;
  /** Text of `route-NAME` and `route6-NAME`. */
  routes: string;
  /** Further addresses of the interface: `ifcfg-NAME:1`. */
  aliases: Ifcfg[];
}

export interface Imported {
  link: LinkSettings;
  extra: Omit<KeyfileExtra, 'uuid'>;
}

/** What the files say, in our words. @param all every file: who is whose port decides what a link is. */
export function importedLink(old: OldLink, all: readonly OldLink[]): Imported {
  const { name, settings } = old;
  const controller = controllerOf(settings);
  const mtu = Number(settings.MTU);
  const controllerKind = settings.BRIDGE ? 'bridge' : 'bond';
  return {
    link: {
      name,
      ...kindOf(old, all),
      ipv4: family4(old),
      ipv6: family6(old),
      ...(mtu > 0 ? { mtu } : {}),
      ...(controller === undefined ? {} : { controller }),
    },
    extra: {
      ...(controller === undefined ? {} : { controllerKind }),
      ...(isNo(settings.ONBOOT) ? { autoconnect: false } : {}),
      ...(isNo(settings.DEFROUTE) ? { neverDefault: true } : {}),
      searches: (settings.DOMAIN ?? '').split(/[\s,]+/).filter((word) => word !== ''),
    },
  };
}

const controllerOf = ({ MASTER, BRIDGE }: Ifcfg): string | undefined => BRIDGE || MASTER || undefined;

type Kind = Pick<LinkSettings, 'kind' | 'bond' | 'vlan' | 'bridge'>;

function kindOf({ name, settings }: OldLink, all: readonly OldLink[]): Kind {
  const type = (settings.TYPE ?? '').toLowerCase();
  const isBond = type === 'bond' || isYes(settings.BONDING_MASTER) || settings.BONDING_OPTS !== undefined;
  if (isBond || all.some((other) => other.settings.MASTER === name))
    return { kind: 'bond', bond: bondOf(settings) };
  if (type === 'bridge' || all.some((other) => other.settings.BRIDGE === name))
    return { kind: 'bridge', bridge: { stp: isYes(settings.STP) } };
  const vlan = vlanOf(name, settings);
  return vlan === undefined ? { kind: 'physical' } : { kind: 'vlan', vlan };
}

function bondOf({ BONDING_OPTS = '' }: Ifcfg): { mode: string; options: Record<string, string> } {
  const pairs = BONDING_OPTS.split(/\s+/).flatMap((word) => {
    const [, key, value] = /^([a-z_]+)=(.+)$/.exec(word) ?? [];
    return key === undefined || value === undefined ? [] : [[key, value.replace(/^\+/, '')] as const];
  });
  const { mode = '', ...options } = Object.fromEntries(pairs);
  return { mode: bondMode(mode) ?? BOND_MODES[0], options };
}

/** `eth0.100`, or `vlan100` with its PHYSDEV. */
function vlanOf(name: string, settings: Ifcfg): { parent: string; id: number } | undefined {
  const [, parent, id] = /^(.+)\.(\d+)$/.exec(name) ?? [];
  const isVlan = isYes(settings.VLAN) || settings.TYPE?.toLowerCase() === 'vlan';
  if (!isVlan && parent === undefined) return undefined;
  const number = Number(settings.VLAN_ID || id || /^vlan(\d+)$/.exec(name)?.[1]);
  const below = settings.PHYSDEV || parent;
  return below === undefined || !(number >= 1 && number <= 4094) ? undefined : { parent: below, id: number };
}

function family4({ settings, routes, aliases }: OldLink): Family {
  const addresses = [settings, ...aliases].flatMap(addresses4);
  const leased = /^(dhcp|bootp)$/i.test(settings.BOOTPROTO ?? '');
  if (!leased && addresses.length === 0) return OFF;
  const gateway = isNo(settings.DEFROUTE)
    ? ''
    : (suffixesOf(settings, 'GATEWAY').map((at) => settings[`GATEWAY${at}`])[0] ?? '');
  return {
    method: leased ? 'auto' : 'manual',
    addresses,
    ...(versionOf(gateway) === 4 && addresses.length > 0 ? { gateway } : {}),
    dns: dnsOf(settings, 4),
    routes: routesOf(routes, 4),
  };
}

function addresses4(settings: Ifcfg): string[] {
  return suffixesOf(settings, 'IPADDR').flatMap((at) => {
    const address = settings[`IPADDR${at}`] ?? '';
    const prefix = prefixOf(settings[`PREFIX${at}`] || settings[`NETMASK${at}`] || '', 4);
    return versionOf(address) === 4 && typeof prefix === 'number' ? [`${address}/${prefix}`] : [];
  });
}

function family6({ settings, routes }: OldLink): Family {
  if (isNo(settings.IPV6INIT)) return OFF;
  const texts = [settings.IPV6ADDR ?? '', ...(settings.IPV6ADDR_SECONDARIES ?? '').split(/\s+/)];
  const addresses = texts
    .filter((text) => text !== '')
    .map((text) => (text.includes('/') ? text : `${text}/64`));
  const gateway = (settings.IPV6_DEFAULTGW ?? '').replace(/%.*/, '');
  const method =
    addresses.length > 0
      ? 'manual'
      : isYes(settings.DHCPV6C) && isNo(settings.IPV6_AUTOCONF)
        ? 'dhcp'
        : 'auto';
  if (method === 'auto' && isNo(settings.IPV6_AUTOCONF)) return OFF;
  return {
    method,
    addresses,
    ...(versionOf(gateway) === 6 && addresses.length > 0 ? { gateway } : {}),
    dns: dnsOf(settings, 6),
    routes: routesOf(routes, 6),
  };
}

const dnsOf = (settings: Ifcfg, version: 4 | 6): string[] =>
  suffixesOf(settings, 'DNS')
    .map((at) => settings[`DNS${at}`] ?? '')
    .filter((address) => versionOf(address) === version);

/** `10.0.0.0/8 via 192.0.2.1 metric 5`, a line each, or ADDRESS0, NETMASK0, GATEWAY0. */
function routesOf(text: string, version: 4 | 6): Route[] {
  const lines = text.split('\n').flatMap((line) => {
    const words = line.replace(/#.*/, '').trim().split(/\s+/);
    const [to = ''] = words;
    const after = (word: string) => (words.includes(word) ? words[words.indexOf(word) + 1] : undefined);
    return routeOf(to, after('via'), after('metric'), version);
  });
  const pairs = [...text.matchAll(/^ADDRESS(\d+)=["']?([^"'\s]+)/gm)].flatMap(([, at, address = '']) => {
    const value = (key: string) => new RegExp(`^${key}${at}=["']?([^"'\\s]+)`, 'm').exec(text)?.[1];
    const prefix = prefixOf(value('NETMASK') ?? '', version);
    const to = typeof prefix === 'number' ? `${address}/${prefix}` : '';
    return routeOf(to, value('GATEWAY'), value('METRIC'), version);
  });
  return [...lines, ...pairs];
}

function routeOf(to: string, via: string | undefined, metric: string | undefined, version: 4 | 6): Route[] {
  const [address = '', prefix = version === 4 ? '32' : '128'] = to.split('/');
  if (versionOf(address) !== version || (via !== undefined && versionOf(via) !== version)) return [];
  const number = Number(metric);
  return [
    {
      to: `${address}/${prefix}`,
      ...(via === undefined ? {} : { via }),
      ...(number > 0 ? { metric: number } : {}),
    },
  ];
}
