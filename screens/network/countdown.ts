import { say, type Words } from '../../src/api/words.ts';
import type { Finding, PendingChange } from '../../src/node/network/change/schema/pending.ts';
import type { Binding, Look, Page, Size, Stage, View } from '../../src/tui/page.ts';
import { type Line, span, wrap } from '../../src/tui/text.ts';

export interface CountdownOptions {
  keep(id: string): void;
  takeBack(id: string): void;
}

const KEEP = say('Keep it', '保留');
const TAKE_BACK = say('Take it back', '还原');
const LEAVE = say('Leave it running', '转入后台');
const STARTING = say('Starting', '正在开始');
const KEEP_EARLY = say('Keep it once proven', '验证通过后保留');

/** What a change is doing, what is proven, and how long until it takes itself back. */
export class Countdown implements Page {
  readonly kind = 'window';
  readonly title: Words = say('Network change', '网络更改');
  readonly #options: CountdownOptions;
  #stage: Stage | undefined;
  #pending: PendingChange | undefined;
  #done: Done[] = [];

  constructor(options: CountdownOptions) {
    this.#options = options;
  }

  opened(stage: Stage): void {
    this.#stage = stage;
  }

  closed(): void {
    this.#stage = undefined;
  }

  get isOpen(): boolean {
    return this.#stage !== undefined;
  }

  tell(pending: PendingChange): void {
    const before = this.#pending?.doing;
    const sign = pending.phase === 'takingBack' ? 'note' : 'good';
    if (before !== undefined && before.en !== pending.doing.en) this.#done.push({ words: before, sign });
    this.#pending = pending;
    this.#stage?.refresh();
  }

  wants(most: Size): Size {
    return { columns: Math.min(most.columns, 72), rows: Math.min(most.rows, 16) };
  }

  draw(area: Size, look: Look): View {
    const foot = this.#foot(look, area.columns);
    const above = [...this.#steps(look, area.columns), ...this.#findings(look, area.columns)];
    const room = Math.max(1, area.rows - foot.length);
    return { lines: [...above.slice(-room), ...foot] };
  }

  #steps(look: Look, columns: number): Line[] {
    const now = this.#pending?.doing ?? STARTING;
    return [
      ...this.#done.flatMap(({ words, sign }) => marked(SIGNS[sign], look.say(words), columns)),
      ...marked(span('... ', 'warn'), look.say(now), columns),
    ];
  }

  #findings(look: Look, columns: number): Line[] {
    const findings = this.#pending?.findings ?? [];
    if (findings.length === 0) return [];
    return [[], ...findings.flatMap((each) => marked(SIGNS[each.state], look.say(each.words), columns))];
  }

  #foot(look: Look, columns: number): Line[] {
    const words = this.#pending === undefined ? undefined : clockWords(this.#pending);
    return words === undefined ? [] : [[], ...wrap(look.say(words), columns, 'warn')];
  }

  bindings(): readonly Binding[] {
    const pending = this.#pending;
    const id = pending?.id;
    const leave: Binding = {
      keys: ['escape'],
      label: LEAVE,
      help: say('the change goes on, and is taken back unless somebody keeps it', '更改继续，无人保留则还原'),
      run: () => this.#stage?.close(this),
    };
    if (id === undefined || pending?.secondsLeft === undefined) return [leave];
    const label = pending.phase === 'confirming' ? KEEP : KEEP_EARLY;
    const keep: Binding = { keys: ['Y', 'y'], label, help: label, run: () => this.#options.keep(id) };
    return [
      ...(pending.agreed === true ? [] : [keep]),
      { keys: ['N', 'n'], label: TAKE_BACK, help: TAKE_BACK, run: () => this.#options.takeBack(id) },
      leave,
    ];
  }
}

interface Done {
  words: Words;
  sign: 'good' | 'note';
}

/** What happens when, by the clock that decides now. */
function clockWords({ phase, secondsLeft, agreed }: PendingChange): Words | undefined {
  if (secondsLeft === undefined) return undefined;
  if (phase === 'confirming')
    return say(
      `Taken back by itself in ${secondsLeft} s, unless it is kept.`,
      `若不保留，${secondsLeft} 秒后自动还原。`,
    );
  return agreed === true
    ? say(
        `Y was pressed: kept as soon as all is proven; taken back in ${secondsLeft} s if it is not.`,
        `已按 Y：验证全部通过后即保留；${secondsLeft} 秒内未通过则还原。`,
      )
    : say(
        `Taken back in ${secondsLeft} s unless all is proven by then.`,
        `${secondsLeft} 秒内未全部验证通过则还原。`,
      );
}

const SIGNS: Record<Finding['state'], Line[number]> = {
  waiting: span('... ', 'warn'),
  good: span('ok  ', 'good'),
  note: span('!   ', 'dim'),
  none: span('n/a ', 'dim'),
};

function marked(mark: Line[number], text: string, columns: number): Line[] {
  return wrap(text, columns - mark.text.length).map((row, at) => [at === 0 ? mark : span('    '), ...row]);
}
