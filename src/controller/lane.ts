import type { Caller } from '../api/action.ts';
import { Fault } from '../api/fault.ts';
import { say } from '../api/words.ts';

export interface Holder {
  caller: Pick<Caller, 'line' | 'program'>;
  action: string;
  /** Wall time, to be shown. */
  since: number;
}

export interface LaneOptions {
  /** Monotonic milliseconds. */
  now(): number;
  /** Milliseconds to wait for the change before. */
  patience: number;
  waiting: number;
}

export const LANE: Omit<LaneOptions, 'now'> = { patience: 3_000, waiting: 4 };

/** No sign of life from a change for so long means that it hangs: every step has a far shorter limit of its own. */
const STUCK_MILLISECONDS = 15 * 60_000;

/**
 * One change at a time. A change that comes while another runs waits for a moment, in order; then it is told who is
 * at work, rather than being done at a time when nobody expects it any more.
 */
export class Lane {
  readonly #options: LaneOptions;
  readonly #queue: { holder: Holder; begin(): void }[] = [];
  #holder: Holder | undefined;
  #sign = 0;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  get holder(): Holder | undefined {
    return this.#holder;
  }

  /** Whether the change that runs, if any, has shown a sign of life lately. */
  get alive(): boolean {
    return this.#holder === undefined || this.#options.now() - this.#sign < STUCK_MILLISECONDS;
  }

  /** The change that runs got somewhere. */
  sign(): void {
    this.#sign = this.#options.now();
  }

  /** Does the work alone. Throws `conflict` when others are at it for too long. */
  async hold<T>(who: Omit<Holder, 'since'>, work: () => Promise<T>): Promise<T> {
    const holder = { ...who, since: Date.now() };
    if (this.#holder === undefined) this.#give(holder);
    else await this.#turn(holder, this.#holder);
    try {
      return await work();
    } finally {
      const next = this.#queue.shift();
      this.#give(next?.holder);
      next?.begin();
    }
  }

  // Handed on in one go: a newcomer never finds the lane free while somebody waits.
  #give(holder: Holder | undefined): void {
    this.#holder = holder;
    this.sign();
  }

  #turn(holder: Holder, before: Holder): Promise<void> {
    if (this.#queue.length >= this.#options.waiting) return Promise.reject(held(before));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#queue.splice(this.#queue.indexOf(place), 1);
        reject(held(this.#holder ?? before));
      }, this.#options.patience);
      const place = {
        holder,
        begin: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      this.#queue.push(place);
    });
  }
}

function held({ caller, action }: Holder): Fault {
  const who = caller.line === '-' ? caller.program : caller.line;
  return new Fault(
    'conflict',
    say(`${who} is changing this node: ${action}`, `${who} 正在更改本节点：${action}`),
    {
      next: say('try again when it is done', '请在其完成后重试'),
    },
  );
}
