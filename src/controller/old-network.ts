import { type FSWatcher, watch } from 'node:fs';
import { Fault } from '../api/fault.ts';
import type { Attention } from '../node/facts/schema.ts';
import { oldAttention } from '../node/network/old/attention.ts';
import { migrate } from '../node/network/old/migrate.ts';
import type { OldPlaces } from '../node/network/old/places.ts';
import type { Log } from '../system/log.ts';
import type { Lanes } from './lanes.ts';

export interface OldNetworkParts {
  places: OldPlaces;
  lanes: Lanes;
  changed(): void;
  log: Log;
}

/** Several files change at once. */
const SETTLE_MILLISECONDS = 1_000;

/** What of the older generation's network stays in place: read at the start, and again when its files change. */
export class OldNetwork {
  attention: Attention[] = [];
  readonly #parts: OldNetworkParts;
  #watchers: FSWatcher[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: OldNetworkParts) {
    this.#parts = parts;
  }

  async start(): Promise<void> {
    const { scripts, profiles } = this.#parts.places;
    for (const folder of [scripts, profiles]) this.#watch(folder);
    await this.#migrate();
    await this.#read();
  }

  stop(): void {
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers) watcher.close();
    this.#watchers = [];
  }

  /** A folder that is not there has nothing to tell. */
  #watch(folder: string): void {
    try {
      const watcher = watch(folder, () => this.#soon());
      watcher.unref();
      watcher.on('error', () => watcher.close());
      this.#watchers.push(watcher);
    } catch {}
  }

  #soon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#read(), SETTLE_MILLISECONDS);
    this.#timer.unref();
  }

  async #migrate(): Promise<void> {
    const { places, lanes, log } = this.#parts;
    const change = {
      caller: { line: '-', program: 'zs-controller' },
      action: 'network.migrate',
      scope: 'network',
    } as const;
    try {
      const said = await lanes.hold(change, () => migrate(places));
      if (said !== undefined) log(`nmcli connection migrate: ${said}`);
    } catch (thrown) {
      log(`nmcli connection migrate: ${Fault.from(thrown).words.en}`);
    }
  }

  async #read(): Promise<void> {
    try {
      this.attention = await oldAttention(this.#parts.places);
      this.#parts.changed();
    } catch (thrown) {
      this.#parts.log(`old network configuration: ${Fault.from(thrown).words.en}`);
    }
  }
}
