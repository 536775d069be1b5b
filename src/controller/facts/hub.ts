import { type Implementation, implement } from '../../api/action.ts';
import { type Attention, type Facts, type Section, watchFacts } from '../../node/facts/schema.ts';
import type { FactsSource } from './source.ts';

/** What the controller knows by itself. */
export interface OwnFacts {
  pen(): Facts['pen'];
  jobs(): Facts['jobs'];
  changes(): Facts['changes'];
  attention(): Attention[];
}

/** Changes that come together are sent together: a watcher gets at most ten messages a second. */
const GATHER_MILLISECONDS = 100;

/**
 * Watchers hear every second that the controller lives, so long after a whole second of the wall clock: a console looks
 * at every whole second whether it was heard since the last, and wakes for nothing else while the node is idle.
 */
const SECOND = 1000;
const BEAT_AT = 200;

/** They change all the time, and wait for the beat. */
const FIGURES: ReadonlySet<string> = new Set<Section>(['cpu', 'memory', 'clock']);

/** Puts the node's facts and the controller's own together, for any number of watchers. */
export class FactsHub {
  readonly #source: FactsSource;
  readonly #own: OwnFacts;
  readonly #watchers = new Set<(changed: Partial<Facts>) => void>();
  #unwatch: (() => void) | undefined;
  #changed: Partial<Facts> = {};
  #timer: NodeJS.Timeout | undefined;
  #beat: NodeJS.Timeout | undefined;

  constructor(source: FactsSource, own: OwnFacts) {
    this.#source = source;
    this.#own = own;
  }

  current(): Facts {
    const facts = this.#source.current();
    const own = this.#own;
    return {
      ...facts,
      attention: this.#attention(facts.attention),
      pen: own.pen(),
      jobs: own.jobs(),
      changes: own.changes(),
    };
  }

  /**
   * Sends everything at once, then what changed, and every second something: nothing, when nothing changed. The source
   * reads polled figures only while somebody watches.
   */
  watch(send: (changed: Partial<Facts>) => void): () => void {
    this.#unwatch ??= this.#source.watch((changed) => this.#note(changed));
    this.#watchers.add(send);
    if (this.#beat === undefined) this.#armBeat();
    send(this.current());
    return () => {
      this.#watchers.delete(send);
      if (this.#watchers.size === 0) this.#rest();
    };
  }

  penChanged(): void {
    this.#note({ pen: this.#own.pen() });
  }

  jobsChanged(): void {
    this.#note({ jobs: this.#own.jobs() });
  }

  changesChanged(): void {
    this.#note({ changes: this.#own.changes() });
  }

  attentionChanged(): void {
    this.#note({ attention: this.#source.current().attention });
  }

  #attention(ofNode: Attention[]): Attention[] {
    return [...this.#own.attention(), ...ofNode];
  }

  #note(changed: Partial<Facts>): void {
    if (this.#watchers.size === 0) return;
    Object.assign(this.#changed, changed);
    if (Object.keys(changed).every((section) => FIGURES.has(section))) return;
    this.#timer ??= setTimeout(() => this.#send(), GATHER_MILLISECONDS);
  }

  #armBeat(): void {
    const wait = SECOND - ((Date.now() - BEAT_AT + SECOND) % SECOND);
    this.#beat = setTimeout(() => {
      this.#armBeat();
      this.#send();
    }, wait);
  }

  #send(): void {
    const changed = this.#changed;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#changed = {};
    if (changed.attention !== undefined) changed.attention = this.#attention(changed.attention);
    for (const send of this.#watchers) send(changed);
  }

  #rest(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#beat);
    this.#timer = undefined;
    this.#beat = undefined;
    this.#changed = {};
    this.#unwatch?.();
    this.#unwatch = undefined;
  }
}

/** `facts.watch`: runs until the caller cancels or goes away. */
export const factsActions = (hub: FactsHub): Implementation[] => [
  implement(watchFacts, async (_input, run) => {
    const unwatch = hub.watch((changed) => run.emit(changed));
    await aborted(run.signal);
    unwatch();
  }),
];

/** Settles when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
