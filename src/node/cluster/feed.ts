import type { Words } from '../../api/words.ts';

/** How the link to the cluster is, for a person. Wall times in milliseconds since 1970. */
export type LinkState =
  | { readonly state: 'none' }
  | {
      readonly state: 'up';
      readonly address: string;
      readonly since: number;
      readonly heard: number;
      /** Milliseconds that the management node's clock was ahead of this one's; negative: behind. Absent: it did not tell. */
      readonly ahead?: number;
    }
  | { readonly state: 'down'; readonly address: string; readonly since: number; readonly why: Words };

/** How the link is now, told to who wants to know. */
export class LinkFeed {
  #state: LinkState = { state: 'none' };
  readonly #listeners: ((state: LinkState) => void)[] = [];

  get state(): LinkState {
    return this.#state;
  }

  tell(state: LinkState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
  }

  /** That something was heard over it changes by the second, and is told to who asks. */
  heard(): void {
    if (this.#state.state === 'up') this.#state = { ...this.#state, heard: Date.now() };
  }

  listen(listener: (state: LinkState) => void): void {
    this.#listeners.push(listener);
  }
}
