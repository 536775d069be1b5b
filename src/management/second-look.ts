import type { Log } from '../system/log.ts';

interface Parts {
  /** Looks once more at a host. @returns whether that is too early still */
  look(host: string): Promise<boolean>;
  /** How long after it was asked for. */
  readonly milliseconds: number;
  readonly log: Log;
}

/** What a host said while a job had just ended is looked at again when it cannot be older than the job. */
export class SecondLook {
  readonly #parts: Parts;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  /** Asked for again since the timer was set: that one comes too early for them. */
  readonly #again = new Set<string>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  ask(host: string): void {
    if (this.#timers.has(host)) this.#again.add(host);
    else this.#timers.set(host, setTimeout(() => void this.#look(host), this.#parts.milliseconds).unref());
  }

  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#again.clear();
  }

  async #look(host: string): Promise<void> {
    this.#timers.delete(host);
    if (this.#again.delete(host)) this.ask(host);
    try {
      if (await this.#parts.look(host)) this.ask(host);
    } catch (thrown) {
      this.#parts.log(`VMs of host ${host}: ${String(thrown)}`);
    }
  }
}
