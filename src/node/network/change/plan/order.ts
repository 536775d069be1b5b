import {
  isAddressed,
  isForeign,
  type Link,
  linkOf,
  type NetworkState,
  portsOf,
  vlansOf,
} from '../schema/state.ts';
import {
  byRank,
  type Changed,
  type Difference,
  difference,
  gives,
  needsActivation,
  rank,
  receives,
} from './difference.ts';
import { down, reapply, remove, renamed, settle, stripped, up, write } from './make.ts';
import { renameOrder } from './rename-order.ts';
import { getsOwn } from './starters.ts';
import type { NetworkStep } from './steps.ts';

/**
 * The steps from one state to another, in an order that keeps the node reachable for as long as it can be: what is
 * new is built first and without addresses, then addresses leave their old place and arrive at the new one, and
 * what carried them joins its bond last.
 */
export function orderedSteps(current: NetworkState, wanted: NetworkState): NetworkStep[] {
  const found = difference(current, wanted);
  const work = new Work(current, wanted, found);
  return [
    ...work.renames(),
    ...work.build(),
    ...work.release(),
    ...work.receive(),
    ...work.late(),
    ...work.rest(),
  ];
}

/** One planning: what was already dealt with is not planned twice. */
class Work {
  readonly #done = new Set<string>();
  /** Profiles that have their new settings, but are not up yet. */
  readonly #written = new Set<string>();
  readonly #current: NetworkState;
  readonly #wanted: NetworkState;
  readonly #found: Difference;
  /** Addresses leave one link and arrive at another. */
  readonly #moving: boolean;

  constructor(current: NetworkState, wanted: NetworkState, found: Difference) {
    this.#current = current;
    this.#wanted = wanted;
    this.#found = found;
    const given = found.changed.some(gives) || found.removed.some(isAddressed);
    const taken =
      found.added.some((link) => receives(undefined, link)) ||
      found.changed.some(({ was, will }) => receives(was, will));
    this.#moving = given && taken;
  }

  /** A NIC gets its new name while it and the VLANs on it are down. */
  renames(): NetworkStep[] {
    const pairs = this.#found.changed.filter(
      ({ was, will }) => was.kind === 'physical' && was.name !== will.name,
    );
    const taken = new Set(this.#current.links.flatMap(({ name, altnames = [] }) => [name, ...altnames]));
    const wanted = pairs.map(({ was, will }) => ({ from: was.name, to: will.name }));
    const byName = new Map(pairs.map((pair) => [pair.was.name, pair]));
    return renameOrder(wanted, taken).flatMap(({ from, to }) => {
      const pair = byName.get(from);
      if (pair === undefined) return [];
      if (to === pair.will.name) return this.#rename(pair, from);
      byName.set(to, pair);
      return this.#stepAside(pair, to);
    });
  }

  /** Another NIC gets its name first: no profile may start on that one by the name. */
  #stepAside({ was, will }: Changed, name: string): NetworkStep[] {
    const upper = vlansOf(this.#current, was.name);
    return [
      ...[...upper, was].filter((link) => link.active).map((link) => down(link.name)),
      renamed(was.name, name),
      ...(will.uuid === undefined || getsOwn(was)
        ? []
        : [write({ ...stripped(was), uuid: will.uuid, name })]),
    ];
  }

  #rename({ was, will }: Changed, from: string): NetworkStep[] {
    const upper = vlansOf(this.#current, was.name);
    const followers = vlansOf(this.#wanted, will.name).filter((vlan) => !isForeign(vlan));
    const wasUp = from === was.name ? [...upper, was].filter((link) => link.active) : [];
    for (const link of [will, ...followers]) this.#done.add(link.name);
    return [
      ...wasUp.map((link) => down(link.name)),
      renamed(from, will.name, was.altnames),
      ...(will.uuid === undefined ? [] : [write(will)]),
      ...(was.active || getsWork({ was, will }) ? [up(will.name)] : []),
      ...followers.flatMap((vlan) => [write(vlan), up(vlan.name)]),
    ];
  }

  /** New links, and the ports that are free to join them now. */
  build(): NetworkStep[] {
    const links = byRank(this.#wanted, this.#found.added).flatMap((link) => this.#buildOne(link));
    const early = this.#ports((port) => !isAddressed(port.was)).flatMap(({ will }) => this.#activate(will));
    return [...links, ...early, ...this.#settles()];
  }

  #buildOne(link: Link): NetworkStep[] {
    const waits = this.#moving && isAddressed(link);
    if (!waits) return this.#activate(link);
    return [write(stripped(link)), up(link.name)];
  }

  /** Before an address moves onto a bond, or above it, the bond has to carry traffic. */
  #settles(): NetworkStep[] {
    if (!this.#moving) return [];
    return this.#found.added
      .filter((link) => link.kind === 'bond' && this.#hasCarrier(link, true))
      .map(settle);
  }

  #hasCarrier(bond: Link, joined: boolean): boolean {
    return portsOf(this.#wanted, bond.name).some(
      (port) => port.carrier && (!joined || this.#done.has(port.name)),
    );
  }

  /** Addresses leave: late ports go down, links that go are removed from the top, the rest lose the address. */
  release(): NetworkStep[] {
    const late = this.#ports(() => true).filter(({ was }) => was.active && isAddressed(was));
    const removed = byRank(this.#current, this.#found.removed).reverse();
    const givers = this.#moving
      ? this.#open().filter((pair) => gives(pair) && pair.will.controller === undefined)
      : [];
    return [
      ...late.map(({ was }) => down(was.name)),
      ...this.#freed(removed),
      ...removed.map(remove),
      ...givers.filter((pair) => !receives(pair.was, pair.will)).flatMap((pair) => this.#update(pair)),
    ];
  }

  /** Ports let go of what is removed: a port that starts by itself would bring its controller up again. */
  #freed(removed: Link[]): NetworkStep[] {
    const names = new Set(removed.map((link) => link.name));
    return this.#open()
      .filter(({ was }) => names.has(was.controller ?? ''))
      .flatMap(({ was, will }) => {
        this.#written.add(will.name);
        return [...(was.active ? [down(was.name)] : []), write(will)];
      });
  }

  /** Addresses arrive. A bond that has no port yet gets its ports first. */
  receive(): NetworkStep[] {
    if (!this.#moving) return [];
    const added = byRank(this.#wanted, this.#found.added).filter((link) => !this.#done.has(link.name));
    const first = this.#portless(added) ? this.#lateWithSettle() : [];
    const arrivals = added.flatMap((link) => {
      this.#done.add(link.name);
      return [write(link), reapply(link.name)];
    });
    const others = this.#open().filter(({ was, will }) => receives(was, will));
    return [...first, ...arrivals, ...others.flatMap((pair) => this.#update(pair))];
  }

  /** Whether the receivers stand on a new bond or bridge whose ports all still have to join. */
  #portless(receivers: Link[]): boolean {
    return receivers.some((link) => {
      const base = link.vlan === undefined ? link : (linkOf(this.#wanted, link.vlan.parent) ?? link);
      const ports = portsOf(this.#wanted, base.name);
      return ports.length > 0 && ports.every((port) => !this.#joined(port));
    });
  }

  #joined(port: Link): boolean {
    return this.#done.has(port.name) || !this.#found.changed.some(({ will }) => will.name === port.name);
  }

  #lateWithSettle(): NetworkStep[] {
    const steps = this.late();
    const bonds = this.#found.added.filter((link) => link.kind === 'bond' && this.#hasCarrier(link, true));
    return [...steps, ...bonds.map(settle)];
  }

  late(): NetworkStep[] {
    return this.#ports(() => true).flatMap(({ will }) => [...this.#activate(will), ...this.#above(will)]);
  }

  rest(): NetworkStep[] {
    return [...this.#open()]
      .sort((a, b) => rank(this.#wanted, a.will) - rank(this.#wanted, b.will))
      .flatMap((pair) => this.#update(pair));
  }

  /** Changed links that were not dealt with yet. */
  #open(): Changed[] {
    return this.#found.changed.filter(({ will }) => !this.#done.has(will.name));
  }

  /** Links that become ports, of those that satisfy the condition. */
  #ports(condition: (pair: Changed) => boolean): Changed[] {
    return this.#open().filter(
      (pair) =>
        pair.will.controller !== undefined && pair.will.controller !== pair.was.controller && condition(pair),
    );
  }

  #activate(link: Link): NetworkStep[] {
    this.#done.add(link.name);
    return [...(this.#written.has(link.name) ? [] : [write(link)]), up(link.name)];
  }

  #update(pair: Changed): NetworkStep[] {
    if (this.#done.has(pair.will.name)) return [];
    const { will } = pair;
    if (!needsActivation(pair, this.#wanted)) {
      this.#done.add(will.name);
      return [write(will), reapply(will.name)];
    }
    if (!worthUp(pair)) {
      this.#done.add(will.name);
      return will.uuid === undefined ? [] : [write(will), ...(pair.was.active ? [down(will.name)] : [])];
    }
    return [...this.#activate(will), ...this.#above(will)];
  }

  /** What stands on a link that was activated anew comes up again, unless it has its own turn. */
  #above(link: Link): NetworkStep[] {
    const own = (each: Link) =>
      this.#found.changed.some(({ will }) => will.name === each.name) && !this.#done.has(each.name);
    const upper = [...portsOf(this.#wanted, link.name), ...vlansOf(this.#wanted, link.name)];
    return upper
      .filter((each) => each.active && !own(each))
      .flatMap((each) => [up(each.name), ...this.#above(each)]);
  }
}

/** The new name brings something to do with it. */
const getsWork = ({ was, will }: Changed): boolean =>
  was.uuid !== will.uuid && (isAddressed(will) || will.controller !== undefined);

/** A NIC that was let go and has nothing to do stays as it is: up for a cable test, without an address. */
const worthUp = ({ was, will }: Changed): boolean =>
  isAddressed(will) || will.controller !== undefined || will.kind !== 'physical' || was.active;
