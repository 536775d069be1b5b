import type { Lang } from '../../src/api/words.ts';
import type { Look, Page, Size, Stage } from '../../src/tui/page.ts';
import { type Line, textOf } from '../../src/tui/text.ts';

export const lookIn = (lang: Lang = 'en', now = 0): Look => ({
  lang,
  say: (words) => words[lang],
  rich: false,
  now,
});

/** A stage without a terminal: pages are opened on it, keys pressed, and the topmost page is read as text. */
export class FakeStage implements Stage {
  readonly look = lookIn();
  readonly size: Size;
  /** What was said in the footer last. */
  said: string | undefined;
  refreshes = 0;
  #pages: Page[] = [];
  #listeners: (() => void)[] = [];

  constructor(size: Size = { columns: 80, rows: 24 }) {
    this.size = size;
  }

  get top(): Page {
    const page = this.#pages.at(-1);
    if (page === undefined) throw new Error('no page is open');
    return page;
  }

  get depth(): number {
    return this.#pages.length;
  }

  open(page: Page): void {
    this.#pages.push(page);
    page.opened?.(this);
  }

  close(page: Page): void {
    const index = this.#pages.indexOf(page);
    if (index < 0) throw new Error('a page was closed that is not open');
    for (const closed of this.#pages.splice(index).reverse()) closed.closed?.();
    this.#pages.at(-1)?.uncovered?.();
  }

  home(): void {
    for (const closed of this.#pages.splice(1).reverse()) closed.closed?.();
  }

  refresh(): void {
    this.refreshes++;
  }

  repaint(): void {
    this.refreshes++;
  }

  notice(words: { en: string }): void {
    this.said = words.en;
  }

  switchLanguage(): undefined {
    throw new Error('the language was switched');
  }

  onKey(listener: () => void): void {
    this.#listeners.push(listener);
  }

  async lend(): Promise<void> {
    throw new Error('the terminal was lent');
  }

  quit(code: number): void {
    throw new Error(`the program was ended with ${code}`);
  }

  /** Presses keys by name. A key that nothing is bound to fails. */
  press(...keys: string[]): void {
    for (const key of keys) {
      for (const listener of this.#listeners) listener();
      const binding = this.top.bindings().find(({ keys: bound }) => bound.includes(key));
      if (binding === undefined) throw new Error(`nothing is bound to ${key}`);
      const why = binding.disabled?.();
      if (why === undefined) binding.run();
      else this.notice(why);
    }
  }

  /** Types text into the topmost page. */
  type(text: string): void {
    for (const char of text)
      if (this.top.typed?.(char) !== true) throw new Error(`${JSON.stringify(char)} was not taken`);
  }

  #area(): Size {
    return this.top.wants?.(this.size, this.look) ?? this.size;
  }

  lines(): readonly Line[] {
    return this.top.draw(this.#area(), this.look).lines;
  }

  /** The topmost page as text. */
  text(): string {
    return textOf(this.lines());
  }

  cursor(): { row: number; column: number } | undefined {
    return this.top.draw(this.#area(), this.look).cursor;
  }
}
