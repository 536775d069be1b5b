import { Fault } from '../../src/api/fault.ts';
import { say, type Words } from '../../src/api/words.ts';
import type { Look } from '../../src/tui/page.ts';
import { type Line, wrap } from '../../src/tui/text.ts';
import type { Context } from '../context.ts';
import type { Entry } from './entry.ts';

const AGAIN_MILLISECONDS = 1_000;
const READING = say('reading ...', '读取中……');

/** What the controller was asked for about each entry; the last answer stays until the next is there. */
export class PresentValues {
  readonly #context: Context;
  readonly #known = new Map<Entry, readonly Words[]>();
  readonly #asked = new Set<Entry>();
  #highlighted: Entry | undefined;

  constructor(context: Context) {
    this.#context = context;
  }

  /** Asks, unless it is being asked already; again while nobody answers, so that no old word of that stays. */
  async read(entry: Entry): Promise<void> {
    this.#highlighted = entry;
    if (entry.read === undefined || this.#asked.has(entry)) return;
    this.#asked.add(entry);
    try {
      this.#known.set(entry, await entry.read(this.#context));
    } catch (thrown) {
      const { kind, words } = Fault.from(thrown);
      this.#known.set(entry, [say(`n/a: ${words.en}`, `n/a：${words.zh}`)]);
      if (kind === 'unavailable') this.#readLater(entry);
    } finally {
      this.#asked.delete(entry);
      this.#context.stage.refresh();
    }
  }

  #readLater(entry: Entry): void {
    const again = () => (this.#highlighted === entry ? this.read(entry) : undefined);
    setTimeout(() => void again(), AGAIN_MILLISECONDS).unref();
  }

  lines(entry: Entry, look: Look, columns: number): Line[] {
    if (entry.read === undefined) return [];
    return (this.#known.get(entry) ?? [READING]).flatMap((words) => wrap(look.say(words), columns));
  }
}
