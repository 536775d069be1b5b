import { createHash, randomBytes } from 'node:crypto';
import type { Grant } from '../resource/console/grants.ts';

/** Why a connection is ended from here. */
export type Ending = 'replaced' | 'withdrawn';

interface Ticket extends Grant {
  /** Monotonic milliseconds since when nobody is connected; undefined while somebody is. */
  idleSince: number | undefined;
  end: ((why: Ending) => void) | undefined;
}

/** What one service keeps at once: whoever may ask for tokens cannot fill its memory. */
const MOST = 10_000;

/**
 * Rights to see screens, each known by a token of 256 bits of which only the hash is kept. They are nowhere else: with
 * the service all of them end.
 */
export class Tickets {
  readonly #tickets = new Map<string, Ticket>();
  #patience = Number.POSITIVE_INFINITY;

  /** @param milliseconds how long a token lives without a connection */
  set patience(milliseconds: number) {
    this.#patience = milliseconds;
    for (const [key, ticket] of this.#tickets) if (this.#isOver(ticket)) this.#tickets.delete(key);
  }

  get size(): number {
    return this.#tickets.size;
  }

  /** A new token; undefined when there are too many. */
  issue(grant: Grant): string | undefined {
    if (this.#tickets.size >= MOST) return undefined;
    const token = randomBytes(32).toString('base64url');
    this.#tickets.set(keyOf(token), { ...grant, idleSince: performance.now(), end: undefined });
    return token;
  }

  /** Undefined for one that is unknown or has ended. */
  find(token: string): Grant | undefined {
    return this.#find(token);
  }

  /**
   * Somebody has connected with a token: who was before goes. Undefined when it has ended meanwhile.
   * @param end ends the connection
   * @returns what to call when it has ended
   */
  enter(token: string, end: (why: Ending) => void): (() => void) | undefined {
    const ticket = this.#find(token);
    if (ticket === undefined) return undefined;
    const before = ticket.end;
    ticket.end = end;
    ticket.idleSince = undefined;
    before?.('replaced');
    return () => {
      if (ticket.end !== end) return;
      ticket.end = undefined;
      ticket.idleSince = performance.now();
    };
  }

  /** All that are there now. */
  grants(): Grant[] {
    return [...this.#tickets.values()];
  }

  /** Ends those tokens, and the connections that were made with them. */
  withdraw(which: (grant: Grant) => boolean): void {
    for (const [key, ticket] of this.#tickets) {
      if (!which(ticket)) continue;
      this.#tickets.delete(key);
      ticket.end?.('withdrawn');
    }
  }

  #find(token: string): Ticket | undefined {
    const ticket = this.#tickets.get(keyOf(token));
    return ticket === undefined || this.#isOver(ticket) ? undefined : ticket;
  }

  #isOver({ idleSince }: Ticket): boolean {
    return idleSince !== undefined && performance.now() - idleSince > this.#patience;
  }
}

const keyOf = (token: string): string => createHash('sha256').update(token).digest('base64url');
