import type { Evidence } from '../schema/pending.ts';
import { isAddressed, type Link, linkOf, type NetworkState, portsOf } from '../schema/state.ts';
import { allAddresses, difference, receives } from './difference.ts';

/** What has to hold after the change: of the links that it touches, and of the way to the management network. */
export function evidenceFor(current: NetworkState, wanted: NetworkState): Evidence[] {
  const { added, changed } = difference(current, wanted);
  const left = changed.flatMap(({ was, will }) =>
    was.controller === will.controller ? [] : [was.controller],
  );
  const bereft = wanted.links.filter(({ name }) => left.includes(name));
  const touched = withAbove(wanted, [...added, ...changed.map((pair) => pair.will), ...bereft]);
  const before = (link: Link) =>
    changed.find((pair) => pair.will === link)?.was ?? (added.includes(link) ? undefined : link);
  return [
    ...touched
      .filter((link) => isAddressed(link) && (mayHaveCarrier(wanted, link) || hadCarrier(current, link)))
      .map((link) => carrier(link)),
    ...touchedBonds(wanted, touched)
      .filter((bond) => speaksLacp(wanted, bond))
      .map((bond) => lacp(bond)),
    ...touched.flatMap((link) =>
      addressEvidence(link, receives(before(link), link) && !wasAsked(before(link), link)),
    ),
    ...gateways(touched),
    ...(touched.length > 0 && wanted.management !== undefined
      ? [{ kind: 'peer' as const, link: wanted.management }]
      : []),
  ];
}

/** The links, and all that stands on them. */
function withAbove(state: NetworkState, links: Link[]): Link[] {
  const names = new Set(links.map((link) => link.name));
  const stands = (link: Link) =>
    names.has(link.vlan?.parent ?? '') || portsOf(state, link.name).some((port) => names.has(port.name));
  for (let before = -1; before < names.size; ) {
    before = names.size;
    for (const link of state.links) if (stands(link)) names.add(link.name);
  }
  return state.links.filter((link) => names.has(link.name));
}

/** Where the link was up already the address was asked for before it was set. */
export const wasAsked = (was: Link | undefined, will: Link): boolean =>
  was?.carrier === true && was.name === will.name;

const carrier = (link: Link): Evidence => ({ kind: 'carrier', link: link.name });
const lacp = (link: Link): Evidence => ({ kind: 'lacp', link: link.name });

/** Also the bonds whose ports were changed. */
function touchedBonds(state: NetworkState, touched: Link[]): Link[] {
  const names = new Set(touched.flatMap((link) => [link.name, link.controller, link.vlan?.parent]));
  return state.links.filter((link) => link.kind === 'bond' && names.has(link.name));
}

const speaksLacp = (state: NetworkState, bond: Link): boolean =>
  bond.bond?.mode === '802.3ad' && mayHaveCarrier(state, bond);

/** One that loses its last port with carrier is cut off: that is no change to be kept unseen. */
const hadCarrier = (current: NetworkState, { name }: Link): boolean => {
  const was = linkOf(current, name);
  return was !== undefined && isAddressed(was) && mayHaveCarrier(current, was);
};

/** Some NIC under it had carrier before the change. */
function mayHaveCarrier(state: NetworkState, link: Link): boolean {
  const below = portsOf(state, link.name);
  const parent = link.vlan === undefined ? undefined : linkOf(state, link.vlan.parent);
  if (parent !== undefined) return mayHaveCarrier(state, parent);
  return below.length > 0 ? below.some((port) => mayHaveCarrier(state, port)) : link.carrier;
}

function addressEvidence(link: Link, isNew: boolean): Evidence[] {
  const leased =
    [link.ipv4, link.ipv6].some(({ method }) => method === 'dhcp') || link.ipv4.method === 'auto';
  return [
    ...allAddresses(link).map((target) => ({ kind: 'address' as const, link: link.name, target })),
    ...(leased ? [{ kind: 'address' as const, link: link.name }] : []),
    ...(isNew
      ? link.ipv4.addresses.map((target) => ({
          kind: 'unique' as const,
          link: link.name,
          target: plain(target),
        }))
      : []),
  ];
}

const plain = (address: string): string => address.replace(/\/.*/, '');

const gateways = (links: Link[]): Evidence[] =>
  links.flatMap((link) =>
    [link.ipv4.gateway, link.ipv6.gateway]
      .filter((target) => target !== undefined)
      .map((target) => ({ kind: 'gateway' as const, link: link.name, target })),
  );
