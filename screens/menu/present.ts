import { Fault } from '../../src/api/fault.ts';
import { say, type Words } from '../../src/api/words.ts';
import type { Look } from '../../src/tui/page.ts';
import { type Line, wrap } from '../../src/tui/text.ts';
import type { Context } from '../context.ts';
import type { Entry } from './entry.ts';

const READING = say('reading ...', '读取中……');

/** What the controller was asked for about each entry; the last answer stays until the next is there. */
export class PresentValues {
  readonly #context: Context;
  readonly #known = new Map<Entry, readonly Words[]>();
  readonly #asked = new Set<Entry>();

  constructor(context: Context) {
    this.#context = context;
  }

  /** Asks, unless it is being asked already. */
  async read(entry: Entry): Promise<void> {
    if (entry.read === undefined || this.#asked.has(entry)) return;
    this.#asked.add(entry);
    try {
      this.#known.set(entry, await entry.read(this.#context));
    } catch (thrown) {
      const { words } = Fault.from(thrown);
      this.#known.set(entry, [say(`n/a: ${words.en}`, `n/a：${words.zh}`)]);
    } finally {
      this.#asked.delete(entry);
      this.#context.stage.refresh();
    }
  }

  lines(entry: Entry, look: Look, columns: number): Line[] {
    if (entry.read === undefined) return [];
    return (this.#known.get(entry) ?? [READING]).flatMap((words) => wrap(look.say(words), columns));
  }
}
