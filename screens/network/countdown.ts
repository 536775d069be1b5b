import { say, type Words } from '../../src/api/words.ts';
import type { Finding, PendingChange } from '../../src/node/network/change/schema.ts';
import type { Binding, Look, Page, Size, Stage, View } from '../../src/tui/page.ts';
import { type Line, span, wrap } from '../../src/tui/text.ts';

export interface CountdownOptions {
  keep(id: string): void;
  takeBack(id: string): void;
}

const KEEP = say('Keep it', '保留');
const TAKE_BACK = say('Take it back', '还原');
const LEAVE = say('Leave it alone', '离开');
const STARTING = say('Starting', '正在开始');
const NOT_PROVEN = say('the evidence is not there yet', '验证尚未通过');

/** What a change is doing, what is proven, and how long until it takes itself back. */
export class Countdown implements Page {
  readonly kind = 'window';
  readonly title: Words = say('Network change', '网络更改');
  readonly #options: CountdownOptions;
  #stage: Stage | undefined;
  #pending: PendingChange | undefined;
  #done: Words[] = [];

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
    if (before !== undefined && before.en !== pending.doing.en) this.#done.push(before);
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
      ...this.#done.flatMap((words) => marked(span('ok  ', 'good'), look.say(words), columns)),
      ...marked(span('... ', 'warn'), look.say(now), columns),
    ];
  }

  #findings(look: Look, columns: number): Line[] {
    const findings = this.#pending?.findings ?? [];
    if (findings.length === 0) return [];
    return [[], ...findings.flatMap((each) => marked(SIGNS[each.state], look.say(each.words), columns))];
  }

  #foot(look: Look, columns: number): Line[] {
    const seconds = this.#pending?.secondsLeft;
    if (seconds === undefined) return [];
    const words = say(
      `Taken back by itself in ${seconds} s, unless it is kept.`,
      `若不保留，${seconds} 秒后自动还原。`,
    );
    return [[], ...wrap(look.say(words), columns, 'warn')];
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
    const early = pending.phase === 'confirming' ? undefined : NOT_PROVEN;
    return [
      { keys: ['Y', 'y'], label: KEEP, help: KEEP, disabled: () => early, run: () => this.#options.keep(id) },
      { keys: ['N', 'n'], label: TAKE_BACK, help: TAKE_BACK, run: () => this.#options.takeBack(id) },
      leave,
    ];
  }
}

const SIGNS: Record<Finding['state'], Line[number]> = {
  waiting: span('... ', 'warn'),
  good: span('ok  ', 'good'),
  note: span('!   ', 'dim'),
};

function marked(mark: Line[number], text: string, columns: number): Line[] {
  return wrap(text, columns - mark.text.length).map((row, at) => [at === 0 ? mark : span('    '), ...row]);
}
