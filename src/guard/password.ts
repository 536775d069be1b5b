import type { Caller } from '../api/action.ts';
import { Fault } from '../api/fault.ts';
import type { Secret } from '../api/secret-text.ts';
import { say, type Words } from '../api/words.ts';
import { type Serial, serial } from '../system/serial.ts';
import type { PasswordState } from '../system/shadow.ts';
import {
  type Counters,
  cleared,
  delayOf,
  failed,
  LOCKED_MILLISECONDS,
  lockedFor,
  poolOf,
  takenBack,
  triesLeft,
} from './lockout.ts';
import type { LockoutStore } from './lockout-store.ts';

export interface PasswordOptions {
  store: LockoutStore;
  /** Milliseconds since boot. */
  now(): number;
  wait(milliseconds: number): Promise<void>;
  state(): Promise<PasswordState>;
  isPassword(password: Secret): Promise<boolean>;
  /** On record: how an attempt ended. */
  record(caller: Caller, outcome: string): Promise<void>;
}

/** Attempts that may wait behind one another on a line. */
const WAITING = 4;

/** Checks root's password, ever slower and at last not at all when it is wrong again and again. */
export class PasswordCheck {
  readonly #options: PasswordOptions;
  readonly #queues = new Map<string, { inTurn: Serial; length: number }>();

  constructor(options: PasswordOptions) {
    this.#options = options;
  }

  /**
   * Settles when it was the right one. Throws `refused` for a wrong one, when locked out, or when root has no usable
   * password, or one that has expired. Attempts of one line, and those of all pseudo-terminals together, are made one
   * after the other: attempts side by side gain nothing.
   * @param tell says why the answer to a wrong one is held back
   */
  async check(caller: Caller, password: Secret, tell: (words: Words) => void): Promise<void> {
    const key = poolOf(caller.line) === 'remote' ? 'remote' : caller.line;
    const queue = this.#queues.get(key) ?? { inTurn: serial(), length: 0 };
    if (queue.length > WAITING) throw busy();
    this.#queues.set(key, queue);
    queue.length += 1;
    try {
      await queue.inTurn(() => this.#attempt(caller, password, tell));
    } finally {
      queue.length -= 1;
      if (queue.length === 0) this.#queues.delete(key);
    }
  }

  async #attempt(caller: Caller, password: Secret, tell: (words: Words) => void): Promise<void> {
    const { record, state, wait } = this.#options;
    const { line } = caller;
    if ((await state()) !== 'usable') throw noPassword();
    const counters = await this.#count(caller);
    if (await this.#isRight(caller, password)) {
      await this.#change((now) => cleared(now, line));
      return record(caller, 'right');
    }
    await record(caller, 'wrong');
    const { en, zh } = wrongWords(triesLeft(counters, line));
    const delay = delayOf(counters, line);
    const seconds = Math.round(delay / 1000);
    if (delay > 0) tell(say(`${en}; the next may be tried in ${seconds} s`, `${zh}；${seconds} 秒后可再试`));
    await wait(delay);
    throw new Fault('refused', say(en, zh), { field: 'password' });
  }

  async #isRight(caller: Caller, password: Secret): Promise<boolean> {
    try {
      return await this.#options.isPassword(password);
    } catch (thrown) {
      await this.#change((counters) => takenBack(counters, caller.line));
      if (Fault.from(thrown).kind === 'refused') await this.#options.record(caller, 'expired');
      throw thrown;
    }
  }

  /**
   * Refuses when it is locked, else counts in the same step, before the password is known to be wrong: many attempts
   * at once are no more than were left, and a guard that is killed during the check has counted it all the same.
   */
  async #count(caller: Caller): Promise<Counters> {
    const { now, record } = this.#options;
    const { line } = caller;
    let left = 0;
    const counters = await this.#change((counted) => {
      left = lockedFor(counted, line, now());
      return left > 0 ? counted : failed(counted, line, now());
    });
    if (left <= 0) return counters;
    await record(caller, 'locked out');
    throw locked(left);
  }

  #change(change: (counters: Counters) => Counters): Promise<Counters> {
    return this.#options.store.change(this.#options.now(), change);
  }
}

const MINUTES = LOCKED_MILLISECONDS / 60_000;

function wrongWords(left: number): Words {
  if (left === 0) return say(`wrong password: locked for ${MINUTES} min`, `密码错误：已锁定 ${MINUTES} 分钟`);
  const tries = left === 1 ? '1 try' : `${left} tries`;
  return say(
    `wrong password: ${tries} left, then it is locked for ${MINUTES} min`,
    `密码错误：还可尝试 ${left} 次，之后锁定 ${MINUTES} 分钟`,
  );
}

const busy = (): Fault =>
  new Fault('refused', say('another password is being checked', '正在检查另一个密码'), { field: 'password' });

const noPassword = (): Fault =>
  new Fault('refused', say('root has no usable password', 'root 没有可用的密码'), {
    next: say('set one with passwd in the reserved shell', '请在保留的 shell 中用 passwd 设置'),
  });

function locked(milliseconds: number): Fault {
  const minutes = Math.ceil(milliseconds / 60_000);
  return new Fault(
    'refused',
    say(`too many wrong passwords: locked for ${minutes} min`, `密码错误次数过多：已锁定 ${minutes} 分钟`),
    { field: 'password' },
  );
}
