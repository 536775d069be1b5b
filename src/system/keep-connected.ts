import { existsSync, type FSWatcher, watch } from 'node:fs';
import { dirname } from 'node:path';
import type { Words } from '../api/words.ts';
import { whyOf } from './errno.ts';

/** A connection to some daemon. */
export interface Link {
  /** Resolves with the reason (an error) when the connection has ended. */
  readonly closed: Promise<unknown>;
  close(): void;
}

export interface KeepOptions<L extends Link> {
  /** The daemon's socket: when it appears, connecting is tried at once. */
  socketPath(): string;
  connect(): Promise<L>;
  /** The connection is there. What this throws ends it again. */
  onUp(link: L): Promise<void>;
  /** The connection ended or could not be made. */
  onDown(why: Words): void;
}

/** Milliseconds between tries. After the last one nothing is tried until the socket appears or somebody asks. */
const PAUSES = [200, 1000, 3000, 10_000, 30_000];

/** Keeps one connection to a daemon that may be absent, slow, stopped or restarted. */
export class KeepConnected<L extends Link> {
  readonly #options: KeepOptions<L>;
  #link: L | undefined;
  #trying: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #watcher: FSWatcher | undefined;
  #tries = 0;
  #stopped = false;

  constructor(options: KeepOptions<L>) {
    this.#options = options;
  }

  get link(): L | undefined {
    return this.#link;
  }

  /** Tries now unless it is connected or just trying. Resolves when that try has ended, well or not. */
  nudge(): Promise<void> {
    if (this.#stopped || this.#link !== undefined) return Promise.resolve();
    clearTimeout(this.#timer);
    this.#trying ??= this.#try().finally(() => {
      this.#trying = undefined;
    });
    return this.#trying;
  }

  /** Ends the connection, and no other is made. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#watcher?.close();
    this.#link?.close();
  }

  async #try(): Promise<void> {
    try {
      const link = await this.#options.connect();
      this.#link = link;
      void link.closed.then((why) => this.#lost(link, why));
      if (this.#stopped) link.close();
      else await this.#options.onUp(link);
      this.#tries = 0;
      this.#watcher?.close();
      this.#watcher = undefined;
    } catch (thrown) {
      if (this.#link === undefined) this.#down(thrown);
      else this.#link.close();
    }
  }

  #lost(link: L, why: unknown): void {
    if (this.#link !== link) return;
    this.#link = undefined;
    this.#down(why);
  }

  #down(why: unknown): void {
    if (this.#stopped) return;
    this.#options.onDown(whyOf(why));
    this.#watchSocket();
    const pause = PAUSES[this.#tries++];
    clearTimeout(this.#timer);
    if (pause !== undefined) this.#timer = setTimeout(() => void this.nudge(), pause);
  }

  /** Watches the socket's folder, or the nearest one above it that is there. */
  #watchSocket(): void {
    const path = this.#options.socketPath();
    let folder = dirname(path);
    while (!existsSync(folder)) folder = dirname(folder);
    this.#watcher?.close();
    try {
      this.#watcher = watch(folder, () => this.#appeared(path, folder));
      // Without the watch the pauses above and whoever asks still bring it back.
      this.#watcher.on('error', () => this.#watcher?.close());
    } catch {
      this.#watcher = undefined;
    }
  }

  #appeared(path: string, watched: string): void {
    if (existsSync(path)) void this.nudge();
    else if (watched !== dirname(path) && existsSync(dirname(path))) this.#watchSocket();
  }
}
