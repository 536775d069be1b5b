import { say, type Words } from '../api/words.ts';
import { form } from './form.ts';
import type { Binding, Look, Page, Size, Stage, View } from './page.ts';
import { inSight, moreWords, scrollBindings } from './scroll.ts';
import { fitLine, join, type Line, line, span, textOf, toned } from './text.ts';

export interface ReaderOptions {
  title: Words;
  /** All rows in that width, none wider. Asked at every drawing, so it keeps what is costly. */
  rows(look: Look, columns: number): readonly Line[];
  /** What goes on, in the row below; undefined: nothing. */
  status?(look: Look): Line | undefined;
  /** New rows come at the end, and it is the end that is shown until somebody scrolls up. */
  follow?: boolean;
  keys?: readonly Binding[];
  /** Runs when it has been closed. */
  left?(): void;
}

const LEAVE = say('Leave', '离开');
const FIND = say('Find', '查找');
const NEXT = say('Next', '下一处');
const FOLLOW = say('Follow', '跟踪');
const FOLLOWING = say('following the end', '跟踪末尾');
const NOT_FOUND = say('not found', '未找到');
const NOTHING_TO_FIND = say('nothing is looked for: / asks for it', '尚未指定查找内容：按 / 输入');
/** Title and status. */
const AROUND = 2;

/** Long text over the whole screen: scrolls, follows its end, finds words; says how much is above and below. */
export const reader = (options: ReaderOptions): Page => new Reader(options);

class Reader implements Page {
  readonly kind = 'screen';
  readonly title: Words;
  readonly #options: ReaderOptions;
  #stage: Stage | undefined;
  #top = 0;
  #following: boolean;
  #wanted = '';
  /** Of the row that was found last. */
  #found: number | undefined;
  #shown: { height: number; columns: number; rows: readonly Line[] } = { height: 1, columns: 80, rows: [] };

  constructor(options: ReaderOptions) {
    this.#options = options;
    this.title = options.title;
    this.#following = options.follow ?? false;
  }

  opened(stage: Stage): void {
    this.#stage = stage;
  }

  closed(): void {
    this.#stage = undefined;
    this.#options.left?.();
  }

  draw(area: Size, look: Look): View {
    const columns = area.columns - 2;
    const height = Math.max(1, area.rows - AROUND);
    const rows = this.#options.rows(look, columns);
    const last = Math.max(0, rows.length - height);
    this.#shown = { height, columns, rows };
    this.#top = this.#following ? last : inSight(this.#top, this.#top, rows.length, height);
    const shown = rows.slice(this.#top, this.#top + height).map((row, at) => this.#row(row, this.#top + at));
    const blank = Array.from({ length: height - shown.length }, (): Line => []);
    const title = fitLine(line(` ${look.say(this.title)}`, 'title'), area.columns);
    return { lines: [title, ...shown, ...blank, this.#status(look, area.columns)] };
  }

  #row(row: Line, at: number): Line {
    return [span(' '), ...(at === this.#found ? toned(row, 'selected') : row)];
  }

  /** `12 more above, 30 more below` and what goes on. */
  #status(look: Look, columns: number): Line {
    const { height, rows } = this.#shown;
    const parts = [
      moreWords(this.#top, height, rows.length),
      this.#options.follow && this.#following ? FOLLOWING : undefined,
    ].flatMap((words) => (words === undefined ? [] : [look.say(words)]));
    const state = this.#options.status?.(look) ?? [];
    const more = parts.map((text): Line => [span(text, 'dim')]);
    return fitLine([span(' '), ...join([state, ...more], '   ')], columns);
  }

  bindings(): readonly Binding[] {
    const { follow, keys = [] } = this.#options;
    const notYet = () => (this.#wanted === '' ? NOTHING_TO_FIND : undefined);
    return [
      { keys: ['/'], label: FIND, help: say('find a word', '查找一个词'), run: () => this.#ask() },
      {
        keys: ['n'],
        label: NEXT,
        help: say('next place', '下一处'),
        disabled: notYet,
        run: () => this.#find(1),
      },
      { keys: ['N'], help: say('place before', '上一处'), disabled: notYet, run: () => this.#find(-1) },
      ...(follow
        ? [
            {
              keys: ['f'],
              label: FOLLOW,
              help: say('to the end, and along with it', '转到末尾并跟踪'),
              run: () => this.#move(END),
            },
          ]
        : []),
      ...keys,
      { keys: ['escape'], label: LEAVE, help: LEAVE, run: () => this.#stage?.close(this) },
      ...scrollBindings(
        (by) => this.#move(by),
        () => this.#shown.height,
      ),
    ];
  }

  #move(by: number): void {
    const last = Math.max(0, this.#shown.rows.length - this.#shown.height);
    this.#top = Math.max(0, Math.min(last, this.#top + by));
    this.#following = (this.#options.follow ?? false) && this.#top === last;
  }

  #ask(): void {
    this.#stage?.open(
      form({
        title: FIND,
        fields: [{ name: 'word', label: FIND, kind: 'text', columns: 40, value: this.#wanted }],
        submit: async ({ word }) => {
          this.#wanted = String(word).toLowerCase();
          this.#found = undefined;
        },
        done: () => this.#find(1),
      }),
    );
  }

  /** From the place found last, or from the first row in sight; round and round. */
  #find(step: 1 | -1): void {
    const { rows, height } = this.#shown;
    const from = this.#found ?? this.#top - step;
    const places = rows.map((_, at) => (from + step * (at + 1) + 2 * rows.length) % Math.max(1, rows.length));
    this.#found = places.find((at) =>
      textOf([rows[at] ?? []])
        .toLowerCase()
        .includes(this.#wanted),
    );
    if (this.#found === undefined) {
      this.#stage?.notice(NOT_FOUND);
      return;
    }
    this.#following = false;
    if (this.#found < this.#top || this.#found >= this.#top + height)
      this.#top = Math.max(0, this.#found - Math.floor(height / 3));
  }
}

const END = Number.MAX_SAFE_INTEGER / 2;
