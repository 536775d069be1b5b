import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';

/** What a host may take from being asked until its line is here. */
const PATIENCE_MILLISECONDS = 20_000;

interface Awaited {
  readonly host: string;
  arrived(line: Duplex): void;
}

/** Lines that hosts were asked to open beside their links, each known by a word that is good once, for its host. */
export class Streams {
  readonly #awaited = new Map<string, Awaited>();

  /**
   * Asks a host for a line, and waits for it. Throws the host's fault, `timeout`, or the signal's reason.
   * @param ask has the host open a line that names this word
   */
  async open(host: string, ask: (word: string) => Promise<unknown>, signal: AbortSignal): Promise<Duplex> {
    const word = randomBytes(24).toString('base64url');
    const { promise, resolve, reject } = Promise.withResolvers<Duplex>();
    const fail = (why: unknown): void => {
      this.#awaited.delete(word);
      reject(why);
    };
    const stop = (): void => fail(signal.reason);
    const late = setTimeout(() => fail(tooLate(host)), PATIENCE_MILLISECONDS);
    this.#awaited.set(word, { host, arrived: resolve });
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    ask(word).catch(fail);
    try {
      return await promise;
    } finally {
      clearTimeout(late);
      signal.removeEventListener('abort', stop);
    }
  }

  /** Takes a line that was waited for; answers who waits, undefined when nobody does. */
  take(host: string, word: string): ((line: Duplex) => void) | undefined {
    const awaited = this.#awaited.get(word);
    if (awaited?.host !== host) return undefined;
    this.#awaited.delete(word);
    return awaited.arrived;
  }
}

const tooLate = (host: string): Fault =>
  new Fault('timeout', say(`host ${host} did not answer in time`, `主机 ${host} 未及时应答`));
