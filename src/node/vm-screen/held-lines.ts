import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { openSerialLine, type SerialLine } from '../../system/serial-line.ts';

/** So much at once: whoever leaves has no more than this still to be shown. */
const MOST_BYTES = 1024;

interface Held extends SerialLine {
  readonly path: string;
  /** The terminal of whoever holds it. */
  readonly by: string;
}

/** Serial lines of guests that somebody has open here. What nobody takes waits in the line itself. */
export class HeldLines {
  readonly #held = new Map<string, Held>();

  /**
   * Holds a line until it ends or the signal does. Throws `conflict` while somebody else has it, `unavailable`.
   * @param opened is told the word that `take` and `send` know it by
   */
  async hold(path: string, by: string, signal: AbortSignal, opened: (word: string) => void): Promise<void> {
    const other = [...this.#held.values()].find((held) => held.path === path);
    if (other !== undefined) throw taken(other.by);
    const word = randomBytes(16).toString('hex');
    const held = { ...openSerialLine(path), path, by };
    this.#held.set(word, held);
    try {
      opened(word);
      await Promise.race([held.ended, aborted(signal)]);
    } finally {
      this.#held.delete(word);
      held.close();
    }
  }

  /** What comes next from a line, once something does; none when it has ended. Throws the signal's reason. */
  async take(word: string, signal: AbortSignal): Promise<Buffer> {
    const { from, ended } = this.#find(word);
    const over = new AbortController();
    void ended.then(() => over.abort());
    while (!over.signal.aborted) {
      const bytes = from.read(Math.min(MOST_BYTES, from.readableLength || MOST_BYTES)) as Buffer | null;
      if (bytes !== null) return bytes;
      await once(from, 'readable', { signal: AbortSignal.any([over.signal, signal]) }).catch(() =>
        signal.throwIfAborted(),
      );
    }
    return Buffer.alloc(0);
  }

  send(word: string, keys: Buffer): void {
    this.#find(word).to.write(keys);
  }

  #find(word: string): Held {
    const held = this.#held.get(word);
    if (held !== undefined) return held;
    throw new Fault('notFound', say('that text console has ended', '该文本控制台已结束'), { field: 'line' });
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((over) => {
    if (signal.aborted) over();
    signal.addEventListener('abort', () => over(), { once: true });
  });

const taken = (by: string): Fault =>
  new Fault('conflict', say(`its text console is open already, on ${by}`, `其文本控制台已在 ${by} 上打开`), {
    field: 'vm',
  });
