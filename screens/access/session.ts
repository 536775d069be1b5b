import { reference } from '../../src/api/client.ts';
import { Fault } from '../../src/api/fault.ts';
import type { Area, closeSession, openSession, touchSession } from '../../src/api/session.ts';
import { say } from '../../src/api/words.ts';
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
  const idleSeconds = await openOnController(context, area, ticket, takeOver);
  return new OpenAccess(context, ticket, idleSeconds);
}

async function openOnController(
  context: Context,
  area: Area,
  ticket: string,
  takeOver: boolean,
): Promise<number> {
  if (context.model.link.state !== 'up') return DEGRADED_IDLE_SECONDS;
  return (await context.controller().call(OPEN, { ticket, area, takeOver })).idleSeconds;
}

class OpenAccess implements Access {
  readonly ticket: string;
  readonly #context: Context;
  readonly #idleMilliseconds: number;
  readonly #forgetKeys: () => void;
  #idle: NodeJS.Timeout;
  #touched = performance.now();
  #ended = false;

  constructor(context: Context, ticket: string, idleSeconds: number) {
    this.ticket = ticket;
    this.#context = context;
    this.#idleMilliseconds = idleSeconds * 1000;
    this.#idle = this.#startIdle();
    this.#forgetKeys = context.onKey(() => this.#key());
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#idle);
    this.#forgetKeys();
    this.#tell(CLOSE);
  }

  #startIdle(): NodeJS.Timeout {
    return setTimeout(() => {
      this.end();
      this.#context.stage.home();
      this.#context.stage.notice(
        say('closed: nobody pressed a key for a while', '长时间无操作，已关闭'),
        'warn',
      );
    }, this.#idleMilliseconds);
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
