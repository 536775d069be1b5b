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
  readonly #end: number;
  #answer: ((answer: Answer) => void) | undefined;
  readonly answered: Promise<Answer>;

  constructor(seconds: number) {
    this.#end = performance.now() + seconds * 1000;
    this.answered = new Promise((resolve) => {
      this.#answer = resolve;
    });
  }

  get secondsLeft(): number {
    return Math.max(0, Math.ceil((this.#end - performance.now()) / 1000));
  }

  get millisecondsLeft(): number {
    return Math.max(0, this.#end - performance.now());
  }

  give(answer: Answer): void {
    this.#answer?.(answer);
  }
}
