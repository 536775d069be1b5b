import type { Caller } from '../api/action.ts';
import type { Secret } from '../api/secret-text.ts';
import { checkTicket, OPEN_SESSION_MILLISECONDS, stale, ticketKey } from '../guard/ticket.ts';

/** Takes guard's tickets, each once. */
export class Tickets {
  readonly #keyPath: string;
  readonly #now: () => number;
  readonly #started: number;
  /** Nonce of a ticket that was used → when it is too old anyway. */
  readonly #used = new Map<string, number>();

  /** @param now milliseconds since boot */
  constructor(keyPath: string, now: () => number) {
    this.#keyPath = keyPath;
    this.#now = now;
    this.#started = now();
  }

  /** Answers the ticket's nonce. Throws `refused` when the ticket does not open a session. */
  async use(caller: Caller, ticket: Secret): Promise<string> {
    const now = this.#now();
    const key = await ticketKey(this.#keyPath);
    const claims = checkTicket(key, ticket.reveal(), caller, now, OPEN_SESSION_MILLISECONDS);
    // Which tickets were used is not known from before this start: then the password is asked for once more.
    if (claims.time < Math.floor(this.#started) || this.#used.has(claims.nonce)) throw stale();
    this.#used.set(claims.nonce, claims.time + OPEN_SESSION_MILLISECONDS);
    for (const [nonce, until] of this.#used) if (until < now) this.#used.delete(nonce);
    return claims.nonce;
  }

  /** The ticket opened nothing after all, and is good for another try. */
  giveBack(nonce: string): void {
    this.#used.delete(nonce);
  }
}
