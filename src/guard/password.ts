import type { Caller } from '../api/action.ts';
import { Fault } from '../api/fault.ts';
import type { Secret } from '../api/secret-text.ts';
import { say } from '../api/words.ts';
import type { PasswordState } from '../system/shadow.ts';
import { cleared, delayOf, failed, lockedFor, poolOf, takenBack } from './lockout.ts';
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
  readonly #queues = new Map<string, { last: Promise<unknown>; length: number }>();

  constructor(options: PasswordOptions) {
    this.#options = options;
  }

  /**
   * Settles when it was the right one. Throws `refused` for a wrong one, when locked out, or when root has no usable
   * password. Attempts of one line, and those of all pseudo-terminals together, are made one after the other:
   * attempts side by side gain nothing.
   */
  async check(caller: Caller, password: Secret): Promise<void> {
    const key = poolOf(caller.line) === 'remote' ? 'remote' : caller.line;
    const queue = this.#queues.get(key) ?? { last: Promise.resolve(), length: 0 };
    if (queue.length > WAITING) throw busy();
    this.#queues.set(key, queue);
    queue.length += 1;
    const attempt = queue.last.then(() => this.#attempt(caller, password));
    queue.last = attempt.catch(() => {});
    try {
      await attempt;
    } finally {
      queue.length -= 1;
      if (queue.length === 0) this.#queues.delete(key);
    }
  }

  async #attempt(caller: Caller, password: Secret): Promise<void> {
    const { record, state } = this.#options;
    if ((await state()) !== 'usable') throw noPassword();
    await this.#refuseLocked(caller);
    // Counted before it is known: a guard that is killed during the check has counted it all the same.
    await this.#count(caller);
    if (await this.#isRight(caller, password)) {
      await this.#change((counters) => cleared(counters, caller.line));
      return record(caller, 'right');
    }
    await record(caller, 'wrong');
    await this.#options.wait(delayOf(await this.#counters(), caller.line));
    throw wrong();
  }

  async #isRight(caller: Caller, password: Secret): Promise<boolean> {
    try {
      return await this.#options.isPassword(password);
    } catch (thrown) {
      await this.#change((counters) => takenBack(counters, caller.line));
      throw thrown;
    }
  }

  async #refuseLocked(caller: Caller): Promise<void> {
    const left = lockedFor(await this.#counters(), caller.line, this.#options.now());
    if (left <= 0) return;
    await this.#options.record(caller, 'locked out');
    throw locked(left);
  }

  #count({ line }: Caller): Promise<void> {
    return this.#change((counters) => failed(counters, line, this.#options.now()));
  }

  #counters() {
    return this.#options.store.load(this.#options.now());
  }

  async #change(
    change: (counters: Awaited<ReturnType<LockoutStore['load']>>) => typeof counters,
  ): Promise<void> {
    await this.#options.store.save(change(await this.#counters()));
  }
}

const wrong = (): Fault => new Fault('refused', say('wrong password', '密码错误'), { field: 'password' });

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
