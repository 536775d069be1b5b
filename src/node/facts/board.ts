import { isDeepStrictEqual } from 'node:util';
import type { Facts, NodeFacts } from './schema.ts';

export type { NodeFacts } from './schema.ts';

export type Listener = (changed: Partial<Facts>) => void;

/** The latest of every section. Tells its listeners what changed, once for all changes of one turn of the event loop. */
export class Board {
  readonly #facts: NodeFacts;
  readonly #derive: (facts: NodeFacts) => Partial<NodeFacts>;
  readonly #listeners = new Set<Listener>();
  readonly #followers = new Set<Listener>();
  #changed = new Set<keyof NodeFacts>();

  /** @param derive sections that are computed from others, whenever one of those changed. */
  constructor(facts: NodeFacts, derive: (facts: NodeFacts) => Partial<NodeFacts>) {
    this.#facts = { ...facts, ...derive(facts) };
    this.#derive = derive;
  }

  get facts(): Readonly<NodeFacts> {
    return this.#facts;
  }

  get watched(): boolean {
    return this.#listeners.size > 0;
  }

  /** Replaces a section. The same value again is no change. */
  set<K extends keyof NodeFacts>(section: K, value: NodeFacts[K]): void {
    if (isDeepStrictEqual(this.#facts[section], value)) return;
    this.#facts[section] = value;
    if (this.#changed.size === 0) queueMicrotask(() => this.#tell());
    this.#changed.add(section);
  }

  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Hears the same, and is no watcher: nothing is polled for it. */
  follow(listener: Listener): void {
    this.#followers.add(listener);
  }

  #tell(): void {
    this.#addDerived();
    const changed: Partial<NodeFacts> = {};
    for (const section of this.#changed) Object.assign(changed, { [section]: this.#facts[section] });
    this.#changed = new Set();
    for (const listener of [...this.#listeners, ...this.#followers]) listener(changed);
  }

  #addDerived(): void {
    for (const [section, value] of Object.entries(this.#derive(this.#facts))) {
      const key = section as keyof NodeFacts;
      if (isDeepStrictEqual(this.#facts[key], value)) continue;
      Object.assign(this.#facts, { [key]: value });
      this.#changed.add(key);
    }
  }
}
