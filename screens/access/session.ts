import { reference } from '../../src/api/client.ts';
import { Fault } from '../../src/api/fault.ts';
import type { Area, closeSession, openSession, touchSession } from '../../src/api/session.ts';
import { say, type Words } from '../../src/api/words.ts';
import type { Context } from '../context.ts';

const OPEN = reference<typeof openSession>('session.open');
const CLOSE = reference<typeof closeSession>('session.close');
const TOUCH = reference<typeof touchSession>('session.touch');

const TOUCH_EVERY_MILLISECONDS = 20_000;
const DEGRADED_IDLE_SECONDS = 600;

/** One opened area. It ends when it is left, when nobody presses a key for long, or when somebody takes the pen. */
export interface Access {
  /** For guard, which may have to act when the controller is dead. */
  readonly ticket: string;
  end(): void;
}

/**
 * Opens the password session with guard's ticket. While the controller does not answer the area opens all the same:
 * guard can restart it or the machine, and everything else says that it is unavailable.
 * Rejects with `conflict` when somebody else holds the pen.
 */
export async function openAccess(
  context: Context,
  area: Area,
  ticket: string,
  takeOver: boolean,
): Promise<Access> {
  const opened = await openOnController(context, area, ticket, takeOver);
  return new OpenAccess(context, ticket, opened);
}

async function openOnController(
  context: Context,
  area: Area,
  ticket: string,
  takeOver: boolean,
): Promise<Opened> {
  if (context.model.link.state !== 'up') return { idleSeconds: DEGRADED_IDLE_SECONDS };
  return context.controller().call(OPEN, { ticket, area, takeOver });
}

interface Opened {
  idleSeconds: number;
  /** Mark of this session in the pen; absent when the controller was not asked. */
  since?: number;
}

class OpenAccess implements Access {
  readonly ticket: string;
  readonly #context: Context;
  readonly #idleMilliseconds: number;
  readonly #since: number | undefined;
  readonly #forget: (() => void)[];
  #idle: NodeJS.Timeout;
  #touched = performance.now();
  #ended = false;
  #seen = false;

  constructor(context: Context, ticket: string, { idleSeconds, since }: Opened) {
    this.ticket = ticket;
    this.#context = context;
    this.#since = since;
    this.#idleMilliseconds = idleSeconds * 1000;
    this.#idle = this.#startIdle();
    this.#forget = [context.onKey(() => this.#key()), context.onFacts(() => this.#lookAtPen())];
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#idle);
    for (const forget of this.#forget) forget();
    this.#tell(CLOSE);
  }

  /** Somebody took the pen over, or the controller ended the session. */
  #lookAtPen(): void {
    const holder = this.#context.model.facts.pen?.holder;
    const mine = this.#since;
    if (mine === undefined) return;
    if (holder?.since === mine) this.#seen = true;
    // Until the mark of this session has come, what is there was sent before it was opened.
    const taken = holder !== undefined && holder.since > mine;
    if (!taken && (!this.#seen || holder?.since === mine)) return;
    this.#leave(
      holder === undefined
        ? say('closed: the controller has ended this session', '已关闭：控制器结束了本会话')
        : say(`closed: ${holder.line} took over`, `已关闭：${holder.line} 已接管`),
    );
  }

  #leave(why: Words): void {
    this.end();
    this.#context.stage.home();
    this.#context.stage.notice(why, 'warn');
  }

  #startIdle(): NodeJS.Timeout {
    const idle = () => this.#leave(say('closed: nobody pressed a key for a while', '长时间无操作，已关闭'));
    return setTimeout(idle, this.#idleMilliseconds);
  }

  #key(): void {
    clearTimeout(this.#idle);
    this.#idle = this.#startIdle();
    if (performance.now() - this.#touched < TOUCH_EVERY_MILLISECONDS) return;
    this.#touched = performance.now();
    this.#tell(TOUCH);
  }

  /** A controller that is away needs no telling: its session ended with the connection. */
  #tell(action: typeof CLOSE | typeof TOUCH): void {
    if (this.#context.model.link.state !== 'up') return;
    this.#context
      .controller()
      .call(action, {})
      .catch((thrown: unknown) => this.#context.stage.notice(Fault.from(thrown).words, 'warn'));
  }
}
