import type { Caller } from '../../api/action.ts';
import { Fault } from '../../api/fault.ts';
import { same, say, type Words } from '../../api/words.ts';
import { diskTrouble } from '../../system/files.ts';
import type { AuditLog } from './log.ts';

/** Waits for the outcome, records it, and hands it on. `also` is asked at the end for what belongs to the record. */
export type Finish = <T>(outcome: Promise<T>, also?: () => object) => Promise<T>;

/** What is counted rather than written one by one: anybody who reaches the socket can cause any number of them. */
export type Counted = 'look' | 'refused';

const COUNTS_MILLISECONDS = 3_600_000;
const INPUT_CHARACTERS = 2_048;

/** Who did what and how it ended. Secrets in inputs read `***` here as everywhere. */
export class Audit {
  readonly #log: AuditLog;
  readonly #changed: () => void;
  readonly #told: () => void;
  readonly #counts = new Map<Counted, number>();
  #timer: NodeJS.Timeout | undefined;
  #trouble: Words | undefined;

  /** @param changed `trouble` is another one now @param told the end of a change has been recorded */
  constructor(log: AuditLog, changed: () => void, told: () => void = () => {}) {
    this.#log = log;
    this.#changed = changed;
    this.#told = told;
  }

  /** Why nothing can be recorded now. */
  get trouble(): Words | undefined {
    return this.#trouble;
  }

  get findings(): readonly string[] {
    return this.#log.findings;
  }

  /** Records something that is over. What cannot be written is `trouble`, not an error. */
  async note(event: string, caller: Caller | undefined, details: object = {}): Promise<void> {
    await this.#append({ event, ...(caller === undefined ? {} : { caller }), ...details }).catch(() => {});
  }

  count(what: Counted): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
    this.#timer ??= setTimeout(() => void this.#writeCounts(), COUNTS_MILLISECONDS).unref();
  }

  /** A change is recorded before it begins, and not made when that fails: throws `unavailable`. */
  async change(caller: Caller, action: string, input: unknown): Promise<Finish> {
    const call = { caller, action, input: masked(input) };
    await this.#append({ event: 'change.begun', ...call }).catch((error) => {
      throw notRecorded(error);
    });
    return this.#finish('change.ended', call);
  }

  /** A reading behind the password is recorded when it is over. */
  read(caller: Caller, action: string, input: unknown): Finish {
    return this.#finish('read', { caller, action, input: masked(input) });
  }

  /** @param event the last thing to record */
  async close(event: string): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#counts.size > 0) await this.#writeCounts();
    await this.note(event, undefined);
    await this.#log.close();
  }

  #finish(event: string, call: { caller: Caller; action: string; input: string }): Finish {
    const begun = performance.now();
    const end = async (outcome: object) => {
      const milliseconds = Math.round(performance.now() - begun);
      const { caller, ...rest } = call;
      await this.note(event, caller, { ...rest, ...outcome, milliseconds });
      if (event === 'change.ended') this.#told();
    };
    return async (outcome, also = () => ({})) => {
      try {
        const answer = await outcome;
        await end({ ...also(), outcome: 'ok' });
        return answer;
      } catch (thrown) {
        const { kind, words } = Fault.from(thrown);
        await end({ ...also(), outcome: kind, words: words.en, zh: words.zh });
        throw thrown;
      }
    };
  }

  async #append(event: object): Promise<void> {
    try {
      await this.#log.append(event);
      this.#setTrouble(undefined);
    } catch (error) {
      this.#setTrouble(same(diskTrouble(error)));
      throw error;
    }
  }

  #setTrouble(trouble: Words | undefined): void {
    if (trouble?.en === this.#trouble?.en) return;
    this.#trouble = trouble;
    this.#changed();
  }

  #writeCounts(): Promise<void> {
    const counts = Object.fromEntries(this.#counts);
    this.#counts.clear();
    this.#timer = undefined;
    return this.note('counts', undefined, { counts });
  }
}

function masked(input: unknown): string {
  const text = JSON.stringify(input);
  return text.length <= INPUT_CHARACTERS ? text : `${text.slice(0, INPUT_CHARACTERS)}...`;
}

const notRecorded = (error: unknown): Fault =>
  new Fault(
    'unavailable',
    say(
      `not done, because it could not be recorded: ${diskTrouble(error)}`,
      `未执行，因为无法记录：${diskTrouble(error)}`,
    ),
    { cause: error },
  );
