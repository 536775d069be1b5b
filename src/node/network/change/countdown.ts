/** Seconds, on the monotonic clock. */
export interface Limits {
  /** From the end of the steps until the change is taken back. */
  countdown: number;
  /** How long the evidence is waited for: a switch port may learn for 30 s. */
  evidence: number;
}

/** The countdown is never shorter than what the evidence may take, and some time to press a key. */
export const limitsOf = (evidence: number, countdown: number): Limits => ({
  evidence,
  countdown: Math.max(countdown, evidence + 15),
});

export type Answer = 'keep' | 'takeBack';

/** One change's way from its first step to kept or taken back, as the sessions see it. */
export class Countdown {
  readonly #start = performance.now();
  readonly #limits: Limits;
  readonly #agreed = Promise.withResolvers<void>();
  readonly #refused = Promise.withResolvers<void>();
  #wanted: Answer | undefined;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Until it is taken back: for want of evidence, or when that is there for want of an answer. */
  secondsLeft(waitsFor: keyof Limits): number {
    return Math.ceil(this.#left(this.#limits[waitsFor]) / 1000);
  }

  get millisecondsLeft(): number {
    return this.#left(this.#limits.countdown);
  }

  #left(seconds: number): number {
    return Math.max(0, this.#start + seconds * 1000 - performance.now());
  }

  /** Somebody wants it kept, before or after all is proven. */
  get isAgreed(): boolean {
    return this.#wanted === 'keep';
  }

  get agreed(): Promise<void> {
    return this.#agreed.promise;
  }

  get refused(): Promise<void> {
    return this.#refused.promise;
  }

  /** One who agreed may still think better of it; what is refused is refused. Answers whether it says anything new. */
  give(answer: Answer): boolean {
    if (this.#wanted === 'takeBack' || this.#wanted === answer) return false;
    this.#wanted = answer;
    if (answer === 'keep') this.#agreed.resolve();
    else this.#refused.resolve();
    return true;
  }
}
