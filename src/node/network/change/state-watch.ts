import type { NetworkManager } from '../../../system/networkmanager/manager.ts';
import type { NetworkState } from './schema/state.ts';

export interface StateWatchParts {
  open(): Promise<NetworkManager>;
  read(): Promise<NetworkState>;
  emit(state: NetworkState): void;
  signal: AbortSignal;
}

/** Milliseconds in which many signals lead to one reading. */
const GATHER = 400;
/** Until NetworkManager is looked for again. */
const AGAIN = 2_000;

/** Tells the network's state, and again whenever it is another one. */
export class StateWatch {
  readonly #parts: StateWatchParts;
  #followed: NetworkManager | undefined;
  #timer: NodeJS.Timeout | undefined;
  #told = '';

  constructor(parts: StateWatchParts) {
    this.#parts = parts;
    parts.signal.addEventListener('abort', () => clearTimeout(this.#timer), { once: true });
  }

  /** Something may have changed. */
  ask(milliseconds = GATHER): void {
    if (this.#timer !== undefined || this.#parts.signal.aborted) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#look();
    }, milliseconds);
  }

  async #look(): Promise<void> {
    await this.#follow().catch(() => this.ask(AGAIN));
    await this.#tell().catch(() => this.ask(AGAIN));
  }

  /** Throws while NetworkManager is not there. */
  async #follow(): Promise<void> {
    const manager = await this.#parts.open();
    if (manager === this.#followed) return;
    manager.onChange(() => this.ask());
    manager.onLoss(() => this.ask());
    this.#followed = manager;
  }

  async #tell(): Promise<void> {
    const { read, emit, signal } = this.#parts;
    const state = await read();
    const text = JSON.stringify(state);
    if (text === this.#told || signal.aborted) return;
    this.#told = text;
    emit(state);
  }
}
