import { type Caller, CLUSTER, type Scope } from '../api/action.ts';
import { Fault } from '../api/fault.ts';
import { same, say } from '../api/words.ts';

/** Who wants to change what. */
export interface Change {
  caller: Pick<Caller, 'line' | 'program'>;
  action: string;
  scope: Scope;
  /** What of the scope; absent: all of it. */
  about?: string;
}

export interface LanesOptions {
  /** Monotonic milliseconds. */
  now(): number;
  /** Milliseconds to wait for the change before. */
  patience: number;
  /** As long for an order of the cluster, which somebody asked for elsewhere, and which has a time limit of its own. */
  orders: number;
  /** Changes that may wait, in all lanes together. */
  waiting: number;
}

export const LANES: Omit<LanesOptions, 'now'> = { patience: 3_000, orders: 120_000, waiting: 16 };

/** No sign of life from a change for so long means that it hangs: every step has a far shorter limit of its own. */
const STUCK_MILLISECONDS = 15 * 60_000;

/** What a change that is being made may do with its place. */
export interface Held {
  /** It got somewhere. */
  sign(): void;
  /** Does the work with one more scope held. Throws `conflict`. */
  also<T>(scope: Scope, work: () => Promise<T>): Promise<T>;
}

/** One scope, held or waited for. */
class Place {
  readonly change: Change;
  /** The place of the change that this one is a part of. */
  readonly within: Place | undefined;
  readonly #now: () => number;
  #sign: number;

  constructor(change: Change, now: () => number, within?: Place) {
    this.change = change;
    this.within = within;
    this.#now = now;
    this.#sign = now();
  }

  get owner(): Place {
    return this.within ?? this;
  }

  sign(): void {
    this.#sign = this.#now();
  }

  get alive(): boolean {
    if (this.within !== undefined) return this.within.alive;
    return this.#now() - this.#sign < STUCK_MILLISECONDS;
  }
}

/**
 * One change at a time in each scope, or about each thing of it. A change that comes while another of its scope runs waits for a moment, in
 * order; then it is told who is at work, rather than being done at a time when nobody expects it any more.
 */
export class Lanes {
  readonly #options: LanesOptions;
  readonly #holders = new Set<Place>();
  readonly #queue: { place: Place; begin(): void }[] = [];

  constructor(options: LanesOptions) {
    this.#options = options;
  }

  /** Changes that are being made, each once. */
  get holders(): readonly Change[] {
    return [...this.#holders].filter(({ within }) => within === undefined).map(({ change }) => change);
  }

  /** Whether all changes that run have shown a sign of life lately. */
  get alive(): boolean {
    return [...this.#holders].every((place) => place.alive);
  }

  /** Does the work alone in its scope. Throws `conflict` when others are at it for too long. */
  hold<T>(change: Change, work: (held: Held) => Promise<T>): Promise<T> {
    const place = new Place(change, this.#options.now);
    const { caller, action } = change;
    return this.#during(place, () =>
      work({
        sign: () => place.sign(),
        also: (scope, more) =>
          this.#during(new Place({ caller, action, scope }, this.#options.now, place), more),
      }),
    );
  }

  async #during<T>(place: Place, work: () => Promise<T>): Promise<T> {
    // Who waits may wait for this very change: a further scope of it goes before all of them.
    const ahead = place.within === undefined ? this.#queue.length : 0;
    const before = this.#inTheWay(place, ahead);
    if (before === undefined) this.#holders.add(place);
    else await this.#turn(place, before, ahead);
    try {
      return await work();
    } finally {
      this.#holders.delete(place);
      this.#handOn();
    }
  }

  // In one go: a newcomer never finds a scope free while somebody waits for it.
  #handOn(): void {
    for (let index = 0; index < this.#queue.length; ) {
      const next = this.#queue[index];
      if (next === undefined || this.#inTheWay(next.place, index) !== undefined) {
        index += 1;
        continue;
      }
      this.#queue.splice(index, 1);
      next.place.sign();
      this.#holders.add(next.place);
      next.begin();
    }
  }

  /** Whom a change waits for: one that runs, or one that came before it and waits. */
  #inTheWay(place: Place, ahead: number): Change | undefined {
    const before = [...this.#holders, ...this.#queue.slice(0, ahead).map((waiting) => waiting.place)];
    const isOther = (other: Place) => other.owner !== place.owner && excludes(other.change, place.change);
    return before.find(isOther)?.change;
  }

  #turn(place: Place, before: Change, ahead: number): Promise<void> {
    if (this.#queue.length >= this.#options.waiting) return Promise.reject(held(before));
    const { patience, orders } = this.#options;
    const milliseconds = place.change.caller.program === CLUSTER ? orders : patience;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        const at = this.#queue.indexOf(waiting);
        const now = this.#inTheWay(place, at) ?? before;
        this.#queue.splice(at, 1);
        this.#handOn();
        reject(held(now));
      }, milliseconds);
      const waiting = {
        place,
        begin: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      this.#queue.splice(ahead, 0, waiting);
    });
  }
}

const excludes = (one: Change, other: Change): boolean =>
  one.scope === 'node' || other.scope === 'node' || (one.scope === other.scope && overlap(one, other));

const overlap = (one: Change, other: Change): boolean =>
  one.about === undefined || other.about === undefined || one.about === other.about;

function held({ caller: { line, program }, action }: Change): Fault {
  // The line of a cluster's order is a long name that tells nobody anything.
  const who = program === CLUSTER ? say('the cluster', '集群') : same(line === '-' ? program : line);
  return new Fault(
    'conflict',
    say(`${who.en} is changing this node: ${action}`, `${who.zh} 正在更改本节点：${action}`),
    {
      next: say('try again when it is done', '请在其完成后重试'),
    },
  );
}
