import { type Lang, same, say, type Words } from '../api/words.ts';
import { commonBindings } from './common-keys.ts';
import { boundTo, textRun } from './dispatch.ts';
import { Flight } from './flight.ts';
import { helpPage } from './help.ts';
import { KeyReader } from './input.ts';
import { KeyQueue } from './key-queue.ts';
import type { Key } from './keys.ts';
import { compose } from './layers.ts';
import { Lending } from './lend.ts';
import type { Binding, Look, Page, Size, Stage } from './page.ts';
import type { Style } from './pane.ts';
import { Port } from './port.ts';
import { createRenderer, type Renderer } from './renderer.ts';
import type { StageOptions } from './stage-options.ts';
import { mustBeTerminal, terminalFor } from './terminal-for.ts';
import { type Ability, abilityOf, plainOf } from './terminals.ts';
import { type Line, line, type Tone } from './text.ts';
import { themeOf } from './theme.ts';
import { UnderWay, WORKING } from './under-way.ts';

/** Between two frames that no key asked for. */
const FRAME_MS = 100;
/** A terminal that takes nothing holds up the end of the program no longer than this. */
const FAREWELL_MS = 1000;

/** A word in the footer goes at the next key, or after this: what it says of a moment is not true for ever. */
const NOTICE_MILLISECONDS = 30_000;

/** Seen in the plain picture only, which has no Chinese. */
const PLAIN = same('Plain picture: ASCII, no colours, English. F6 or Ctrl+P leads back.');
const RICH = say('Full picture, as this terminal can show it', '完整画面，按此终端的能力显示');
const ENGLISH_ONLY = say('this terminal can show English only', '此终端只能显示英文');

/** @throws Fault `unavailable` when nothing can be drawn on this terminal, `usage` when it is none */
export function createStage(options: StageOptions): TerminalStage {
  mustBeTerminal(options.input, options.output);
  const terminal = terminalFor(options.env);
  return new TerminalStage(options, abilityOf(terminal, options.env, options));
}

export class TerminalStage implements Stage {
  readonly #options: StageOptions;
  /** All that the terminal can show; the plain picture uses less. */
  readonly #most: Ability;
  #ability: Ability;
  readonly #port: Port;
  readonly #lending: Lending;
  readonly #renderer: Renderer;
  readonly #reader: KeyReader;
  readonly #keys: KeyQueue;
  readonly #underWay = new UnderWay();
  readonly #listeners: (() => void)[] = [];
  readonly #flight: Flight | undefined;
  #pages: Page[] = [];
  #lang: Lang;
  #notice: Line | undefined;
  #noticeEnd = 0;
  #timer: NodeJS.Timeout | undefined;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #fromNothing = false;
  #wanted = false;
  #byKey = false;
  #left = false;
  #leaving: Promise<void> | undefined;

  constructor(options: StageOptions, ability: Ability) {
    const { input, output } = options;
    this.#options = options;
    this.#most = ability;
    this.#ability = options.plain ? plainOf(ability) : ability;
    this.#lang = options.lang ?? 'en';
    this.#flight = options.record && new Flight(options.record);
    this.#port = new Port(output, options.bytesPerSecond);
    this.#lending = new Lending(this.#port, ability.terminal, this.#listeners);
    this.#renderer = createRenderer(this.#port, { ability, theme: themeOf(ability) }, () => this.refresh());
    this.#renderer.restyle(this.#style());
    this.#keys = new KeyQueue({
      input,
      press: (keys, at) => this.#press(keys, at),
      worked: () => this.#wanted && this.#draw(),
    });
    this.#reader = new KeyReader((key) => this.#keys.push(key), options.escapeMs);
    this.#port.on('idle', () => this.#wanted && this.#draw());
    output.on('resize', () => this.refresh());
    input.setRawMode?.(true);
    input.on('data', (bytes: Buffer) => this.#lending.feed(bytes) || this.#reader.feed(bytes));
    input.resume();
  }

  get look(): Look {
    const lang = this.#ability.full ? this.#lang : 'en';
    return { lang, say: (words) => words[lang], rich: this.#ability.full, now: Date.now() };
  }

  get size(): Size {
    return this.#port.actualSize();
  }

  /** Bytes sent to the terminal since the start. */
  get bytes(): number {
    return this.#port.bytes;
  }

  open(page: Page): void {
    this.#pages = [...this.#pages, page];
    this.#notice = undefined;
    this.#pagesChanged();
    page.opened?.(this);
    this.refresh();
  }

  close(page: Page): void {
    const index = this.#pages.indexOf(page);
    if (index >= 0) this.#closeFrom(index);
  }

  home(): void {
    this.#closeFrom(1);
  }

  #closeFrom(index: number): void {
    const closed = this.#pages.slice(index);
    this.#pages = this.#pages.slice(0, index);
    this.#pagesChanged();
    for (const page of closed.reverse()) page.closed?.();
    this.#pages.at(-1)?.uncovered?.();
    this.refresh();
  }

  refresh(): void {
    if (this.#left || this.#wanted) return;
    this.#wanted = true;
    if (this.#keys.working) return;
    const wait = this.#drawnAt + FRAME_MS - performance.now();
    if (wait > 0) this.#timer = setTimeout(() => this.#draw(), wait);
    // When all that this turn brings is done, still within it: a timer of no time would wake the program once more.
    else queueMicrotask(() => process.nextTick(() => this.#wanted && this.#draw()));
  }

  repaint(): void {
    this.#fromNothing = true;
    this.refresh();
  }

  notice(words: Words, tone: Tone = 'warn'): void {
    this.#notice = line(this.look.say(words), tone);
    this.#noticeEnd = performance.now() + NOTICE_MILLISECONDS;
    this.refresh();
  }

  switchLanguage(): Words | undefined {
    if (!this.#ability.full) return ENGLISH_ONLY;
    this.#lang = this.#lang === 'en' ? 'zh' : 'en';
    this.refresh();
    return undefined;
  }

  #style(): Style {
    return { ability: this.#ability, theme: themeOf(this.#ability) };
  }

  /** Between all that the terminal can show and what every terminal shows right. */
  #switchPicture(): void {
    const plain = !this.#ability.plain;
    this.#ability = plain ? plainOf(this.#most) : this.#most;
    this.#renderer.restyle(this.#style());
    this.repaint();
    const why = this.#options.pictureChosen?.(plain);
    if (why === undefined) this.notice(plain ? PLAIN : RICH, 'plain');
    else this.notice(why);
  }

  onKey(listener: () => void): void {
    this.#listeners.push(listener);
  }

  quit(exitCode: number): void {
    const exit = this.#options.exit ?? process.exit;
    void this.leave().then(() => exit(exitCode));
  }

  /** Gives the terminal back as it was; settles when it has taken that, or takes nothing any more. */
  leave(): Promise<void> {
    // Who asks while it is under way waits for it as well: a second signal must not cut the farewell short.
    this.#leaving ??= this.#leave();
    return this.#leaving;
  }

  async #leave(): Promise<void> {
    this.#left = true;
    clearTimeout(this.#timer);
    this.#keys.end();
    this.#reader.close();
    this.#options.input.pause();
    this.#renderer.leave();
    this.#port.hurry();
    await this.#port.settled(FAREWELL_MS);
    this.#options.input.setRawMode?.(false);
  }

  lend(...given: Parameters<Stage['lend']>): Promise<void> {
    return this.#lending.lend(...given).finally(() => this.repaint());
  }

  /** The terminal may have been changed by others meanwhile (the program was stopped): takes it again. */
  resume(): void {
    if (this.#left || this.#lending.isOn) return;
    // The library believes the mode to be what it set last, and would leave one alone that others changed.
    this.#options.input.setRawMode?.(false);
    this.#options.input.setRawMode?.(true);
    this.repaint();
  }

  #pagesChanged(): void {
    this.#flight?.pagesChanged();
    this.#keys.release();
    this.#underWay.end();
  }

  /** Does what the key at this place asks for. Answers how many keys that took: text is taken in runs. */
  #press(keys: readonly Key[], at: number): number {
    this.#byKey = true;
    for (const listener of this.#listeners) listener();
    if (this.#notice !== undefined) {
      this.#notice = undefined;
      this.refresh();
    }
    const page = this.#pages.at(-1);
    const own = page?.bindings() ?? [];
    const key = keys[at] ?? { name: '' };
    const binding = boundTo(own, key.name);
    if (binding === undefined && page?.typed !== undefined) {
      const { text, count } = textRun(keys, at, own);
      if (count > 0 && page.typed(text)) {
        this.#flight?.typed(text, page);
        this.refresh();
        return count;
      }
    }
    const wanted = binding ?? boundTo(this.#common(), key.name);
    this.#flight?.pressed(key, page, wanted);
    if (wanted !== undefined) this.#run(wanted, key.name);
    return 1;
  }

  #run(binding: Binding, key: string): void {
    const why = this.#underWay.isOf(key) ? WORKING : binding.disabled?.();
    if (why === undefined) this.#start(binding.run, key);
    else this.notice(why);
    this.refresh();
  }

  /** Keys that follow one which takes a moment are for the page that it brings, not for the one that is still seen. */
  #start(run: Binding['run'], key: string): void {
    const pages = this.#pages;
    const done = run();
    if (done === undefined || this.#pages !== pages) return;
    this.#keys.hold(done);
    this.#underWay.begin(key, done, (working) => this.#tell(working));
  }

  #tell(working: boolean): void {
    if (working) this.notice(WORKING, 'dim');
    else if (this.#notice?.[0]?.text === this.look.say(WORKING)) this.#notice = undefined;
    this.refresh();
  }

  #common(): Binding[] {
    return commonBindings({
      full: this.#ability.full,
      englishOnly: ENGLISH_ONLY,
      language: () => this.switchLanguage(),
      picture: () => this.#switchPicture(),
      repaint: () => this.repaint(),
      help: () => this.open(helpPage([...(this.#pages.at(-1)?.bindings() ?? []), ...this.#common()])),
    });
  }

  #draw(): void {
    clearTimeout(this.#timer);
    // Whatever is drawn while the line is full would be old when it is seen: the newest state is drawn when it has room.
    // Nothing is drawn over somebody else's text.
    this.#wanted = !this.#lending.isOn;
    if (this.#left || !this.#wanted || this.#port.busy) return;
    this.#drawnAt = performance.now();
    if (this.#drawnAt > this.#noticeEnd) this.#notice = undefined;
    const { size } = this;
    const scene = { pages: this.#pages, common: this.#common(), notice: this.#notice, byKey: this.#byKey };
    const frame = compose(scene, size, this.look);
    const resized = size.columns !== this.#port.columns || size.rows !== this.#port.rows;
    const renderer = this.#renderer;
    const whole = this.#fromNothing || resized ? renderer.redraw(frame) : renderer.draw(frame);
    this.#flight?.drawn(this.#byKey, this.#pages.length, size.columns, () => renderer.text());
    this.#fromNothing = false;
    this.#byKey = false;
    // The rest is drawn, as it is then, when the line can take it.
    this.#wanted = !whole;
  }
}
