import type { Fault } from '../api/fault.ts';
import { say, type Words } from '../api/words.ts';
import { bodyLines } from './body.ts';
import type { Binding, Look, Page, Size, Stage, View } from './page.ts';
import { inSight, moreWords, scrollBindings } from './scroll.ts';
import { bar, fitLine, type Line, line, span, wrap, wrapLine } from './text.ts';

export interface ProgressOptions {
  title: Words;
  danger?: boolean;
  /** It has a row or two to tell: the window is no higher than they are. */
  brief?: boolean;
  /** Esc stops what runs. */
  stop?(): void;
  stopLabel?: Words;
  /** Esc leaves it running and closes the window. */
  background?(): void;
  /** Runs after the window was closed at the end. */
  then?(): void;
}

/** A window that shows something going on, and the handle by which it is told. */
export interface Progress {
  readonly page: Page;
  /** What is being done now; the step before it is done. */
  step(words: Words, fraction?: number): void;
  /** One more row of output. */
  line(row: Line | Words): void;
  /** It has ended well. */
  done(words: Words): void;
  /** It has ended badly. */
  failed(fault: Fault): void;
}

type Row =
  | { readonly kind: 'step'; readonly words: Words }
  | { readonly kind: 'line'; readonly line: Line | Words };
type End = { readonly words: Words; readonly next?: Words; readonly good: boolean };

/** What goes on without an end keeps this many rows. */
const KEPT = 1000;
const SIZE: Size = { columns: 60, rows: 12 };
/** A step and its end: it stays as high as it is. */
const BRIEF_ROWS = 3;
const SHARE = 0.7;
const STOP = say('Stop', '停止');
const CLOSE = say('Close', '关闭');
const BACKGROUND = say('Leave it running', '转入后台');
const BACKGROUND_HELP = say('it goes on; how it ended is said when it has', '继续进行，结束时会提示结果');
const DONE = say('done', '完成');
const FAILED = say('failed', '失败');
const NOW = say('...', '……');

export function progress(options: ProgressOptions): Progress {
  return new ProgressWindow(options);
}

class ProgressWindow implements Progress, Page {
  readonly kind = 'window';
  readonly title: Words;
  readonly danger: boolean;
  readonly page: Page = this;
  readonly #options: ProgressOptions;
  #stage: Stage | undefined;
  /** Where it was shown until it was left running. */
  #left: Stage | undefined;
  #rows: Row[] = [];
  #fraction: number | undefined;
  #end: End | undefined;
  /** First row in sight; undefined: follows the newest. */
  #top: number | undefined;
  #shown = { height: 1, count: 0 };

  constructor(options: ProgressOptions) {
    this.#options = options;
    this.title = options.title;
    this.danger = options.danger ?? false;
  }

  opened(stage: Stage): void {
    this.#stage = stage;
  }

  closed(): void {
    this.#stage = undefined;
  }

  step(words: Words, fraction?: number): void {
    this.#fraction = fraction;
    this.#add({ kind: 'step', words });
  }

  line(row: Line | Words): void {
    this.#add({ kind: 'line', line: row });
  }

  done(words: Words): void {
    this.#finish({ words, good: true });
  }

  failed({ words, next }: Fault): void {
    this.#finish({ words, good: false, ...(next && { next }) });
  }

  #add(row: Row): void {
    const last = this.#rows.at(-1);
    // The same step with another fraction is no new step.
    if (row.kind === 'step' && last?.kind === 'step' && last.words.en === row.words.en) this.#rows.pop();
    this.#rows.push(row);
    if (this.#rows.length > KEPT) this.#rows.splice(0, this.#rows.length - KEPT);
    this.#stage?.refresh();
  }

  #finish(end: End): void {
    this.#end = end;
    this.#fraction = undefined;
    this.#stage?.refresh();
    if (this.#left !== undefined) this.#tellLeft(this.#left, end);
  }

  /** A good end is said in passing; a bad one shows the window again. */
  #tellLeft(stage: Stage, { words, good }: End): void {
    const { en, zh } = this.title;
    if (good) stage.notice(say(`${en}: ${words.en}`, `${zh}：${words.zh}`), 'good');
    else stage.open(this);
  }

  /** What needs more than the usual rows gets the whole height at once: to grow row by row would draw it anew each time. */
  wants(most: Size, look: Look): Size {
    const columns = Math.min(most.columns, Math.max(SIZE.columns, Math.floor(most.columns * SHARE)));
    const needed =
      this.#drawRows(look, columns).length + this.#foot({ columns, rows: most.rows }, look).length;
    const least = this.#options.brief === true ? Math.max(BRIEF_ROWS, needed) : SIZE.rows;
    return { columns, rows: needed > SIZE.rows ? most.rows : Math.min(most.rows, least) };
  }

  draw(area: Size, look: Look): View {
    const foot = this.#foot(area, look);
    const height = Math.max(1, area.rows - foot.length);
    const rows = this.#drawRows(look, area.columns);
    this.#shown = { height, count: rows.length };
    const newest = Math.max(0, rows.length - height);
    const top = this.#top === undefined ? newest : inSight(this.#top, this.#top, rows.length, height);
    const shown = rows.slice(top, top + height);
    const blank = Array.from({ length: height - shown.length }, (): Line => []);
    const more = moreWords(top, height, rows.length);
    const parted = more === undefined ? foot.slice(0, 1) : [line(look.say(more), 'dim')];
    return { lines: [...shown, ...blank, ...parted, ...foot.slice(1)] };
  }

  #drawRows = (look: Look, columns: number): Line[] =>
    this.#rows.flatMap((row, index) => this.#drawRow(row, index, look, columns));

  #foot({ columns }: Size, look: Look): Line[] {
    if (this.#end !== undefined) {
      const { words, next, good } = this.#end;
      const mark = good ? '' : '! ';
      const more = next === undefined ? [] : bodyLines([next], look, columns);
      return [[], ...wrap(mark + look.say(words), columns, good ? 'good' : 'bad'), ...more];
    }
    if (this.#fraction === undefined) return [[]];
    const percent = ` ${Math.round(this.#fraction * 100)}%`;
    return [[], [...bar(this.#fraction, Math.min(50, columns - 6)), span(percent)]];
  }

  #drawRow(row: Row, index: number, look: Look, columns: number): Line[] {
    if (row.kind === 'line')
      return 'en' in row.line ? wrap(look.say(row.line), columns) : wrapLine(row.line, columns);
    const state = this.#stateOf(index);
    const mark = {
      now: span(look.say(NOW), 'warn'),
      done: span(look.say(DONE), 'good'),
      failed: span(look.say(FAILED), 'bad'),
    };
    const text = wrap(look.say(row.words), columns - 10);
    return text.map((part, at) =>
      at < text.length - 1 ? part : [...fitLine(part, columns - 10), span('  '), mark[state]],
    );
  }

  #stateOf(index: number): 'now' | 'done' | 'failed' {
    const later = this.#rows.slice(index + 1).some(({ kind }) => kind === 'step');
    if (later || this.#end?.good) return 'done';
    return this.#end === undefined ? 'now' : 'failed';
  }

  bindings(): readonly Binding[] {
    const scrolls = scrollBindings(
      (by) => this.#scroll(by),
      () => this.#shown.height,
    );
    return [...this.#escape(), ...scrolls];
  }

  #escape(): Binding[] {
    const { stop, stopLabel = STOP, background, then } = this.#options;
    if (this.#end !== undefined) {
      return [{ keys: ['enter', 'escape'], label: CLOSE, help: CLOSE, run: () => this.#close(then) }];
    }
    if (stop !== undefined) return [{ keys: ['escape'], label: stopLabel, help: stopLabel, run: stop }];
    if (background === undefined) return [];
    const leave = () => {
      this.#left = this.#stage;
      this.#close(background);
    };
    return [{ keys: ['escape'], label: BACKGROUND, help: BACKGROUND_HELP, run: leave }];
  }

  #close(then: (() => void) | undefined): void {
    this.#stage?.close(this);
    then?.();
  }

  #scroll(by: number): void {
    const { height, count } = this.#shown;
    const newest = Math.max(0, count - height);
    const top = Math.max(0, Math.min(newest, (this.#top ?? newest) + by));
    this.#top = top === newest ? undefined : top;
  }
}
