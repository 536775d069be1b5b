import type { Caller } from '../api/action.ts';
import { Fault } from '../api/fault.ts';
import type { Area } from '../api/session.ts';
import { say, type Words } from '../api/words.ts';
import type { PenFact } from '../node/facts/schema.ts';

export type SessionEnd = 'closed' | 'disconnected' | 'idle' | 'taken over';

export interface SessionOptions {
  idleSeconds: number;
  /** Milliseconds that nobody can set: boot time. */
  now(): number;
  /** Who holds the pen has changed. */
  changed(): void;
  /** A session ended other than by its owner's own call. */
  ended(caller: Caller, end: SessionEnd): void;
}

interface Session {
  caller: Caller;
  area: Area;
  /** Wall time, to be shown. */
  since: number;
  /** Milliseconds of the monotonic clock. */
  touched: number;
}

/**
 * Password sessions. Whoever opens one holds the pen, and there is one pen: a second caller is refused, or takes it
 * over. A session belongs to one connection (one `Caller` object) and ends with it, when idle, or by its owner.
 */
export class Sessions {
  readonly #options: SessionOptions;
  #session: Session | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** How callers lost their session, to tell them at their next call. */
  readonly #lost = new WeakMap<Caller, SessionEnd>();

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  get idleSeconds(): number {
    return this.#options.idleSeconds;
  }

  /** Answers the wall time it is held since. Throws `conflict` when another holds the pen and `takeOver` is false. */
  open(caller: Caller, area: Area, takeOver: boolean): number {
    this.#expire();
    const other = this.#session;
    if (other !== undefined && other.caller !== caller) {
      if (!takeOver) throw heldBy(other);
      this.#end('taken over');
    }
    const touched = this.#options.now();
    const since = Date.now();
    this.#session = { caller, area, since, touched };
    this.#lost.delete(caller);
    this.#arm();
    this.#options.changed();
    return since;
  }

  /** Answers whether this caller had a session. */
  close(caller: Caller): boolean {
    if (this.#session?.caller !== caller) return false;
    this.#forget();
    return true;
  }

  left(caller: Caller): void {
    if (this.#session?.caller === caller) this.#end('disconnected');
  }

  /** Throws `refused` unless this caller has a session that is not idle; what it does now counts as not idle. */
  require(caller: Caller): void {
    this.#expire();
    if (this.#session?.caller !== caller) throw noSession(this.#lost.get(caller));
    this.#session.touched = this.#options.now();
  }

  fact(): PenFact {
    if (this.#session === undefined) return {};
    const { caller, since, area } = this.#session;
    return { holder: { line: caller.line, since, area } };
  }

  #expire(): void {
    if (this.#session !== undefined && this.#left() <= 0) this.#end('idle');
  }

  #left(): number {
    const touched = this.#session?.touched ?? 0;
    return touched + this.#options.idleSeconds * 1000 - this.#options.now();
  }

  // The timer may fire early or late (sleep); the clock decides.
  #arm(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => {
        this.#expire();
        if (this.#session !== undefined) this.#arm();
      },
      Math.max(this.#left(), 10),
    );
    this.#timer.unref();
  }

  #end(end: SessionEnd): void {
    const caller = this.#session?.caller;
    if (caller === undefined) return;
    this.#lost.set(caller, end);
    this.#forget();
    this.#options.ended(caller, end);
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.#session = undefined;
    this.#options.changed();
  }
}

const heldBy = ({ caller }: Session): Fault =>
  new Fault('conflict', say(`the configuration is open on ${caller.line}`, `${caller.line} 已打开配置`), {
    next: say('wait, or take over', '请等待，或接管'),
  });

const LOST: Partial<Record<SessionEnd, Words>> = {
  idle: say('closed because nobody pressed a key', '长时间无操作，已关闭'),
  'taken over': say('another console took over', '已被另一控制台接管'),
};

const noSession = (end: SessionEnd | undefined): Fault =>
  new Fault(
    'refused',
    (end === undefined ? undefined : LOST[end]) ??
      say('this needs the root password', '此操作需要 root 密码'),
    { next: say('press F2 and give the password', '请按 F2 并输入密码') },
  );
