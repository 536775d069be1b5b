import { NetworkManager } from './manager.ts';

/** One connection for all, kept while NetworkManager lives, and opened anew when it is asked for after that. */
export class StandingManager {
  #open: Promise<NetworkManager> | undefined;

  /** Faults as `NetworkManager.open`. */
  get(): Promise<NetworkManager> {
    this.#open ??= this.#reopen();
    return this.#open;
  }

  async #reopen(): Promise<NetworkManager> {
    const forget = () => {
      this.#open = undefined;
    };
    try {
      const manager = await NetworkManager.open();
      manager.onLoss(forget);
      return manager;
    } catch (thrown) {
      forget();
      throw thrown;
    }
  }
}
