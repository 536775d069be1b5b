import type { z } from 'zod';
import { Fault } from '../api/fault.ts';
import { say, type Words } from '../api/words.ts';
import type { Body } from './body.ts';
import { edit, editText } from './edit.ts';
import { editBindings } from './edit-keys.ts';
import { choose, type Field, type FieldState, typeInto, type Values } from './form-field.ts';
import { FormFields } from './form-fields.ts';
import { drawForm, type FormModel, formSize } from './form-view.ts';
import type { Binding, Page, Stage } from './page.ts';
import { pickPage } from './pick.ts';
import { problemOf } from './problem.ts';

export type { Field, Value, Values } from './form-field.ts';

export interface FormRun {
  /** Says what is being done; shown once it has taken half a second. */
  progress(words: Words, fraction?: number): void;
  /** Aborted when the person leaves the form meanwhile. */
  readonly signal: AbortSignal;
}

export interface FormOptions {
  title: Words;
  fields: readonly Field[];
  /** Said above the fields. */
  notes?: Body;
  danger?: boolean;
  submitLabel?: Words;
  /** The action's own input schema, loaded when it is first needed. */
  schema?(): Promise<z.ZodType>;
  /** The schema's input from the form's values; the values themselves when not given. */
  input?(values: Values): unknown;
  /** What no schema of one input can see, such as a confirmation that differs. */
  check?(values: Values): Fault | undefined;
  /** A fault that it throws is said in the form, at its field; what was typed stays, a secret that is refused does not. */
  submit(values: Values, run: FormRun): Promise<void>;
  /** What to put into a field that was left empty and that the fault is about: it is there to be taken or changed. */
  offer?(field: string, values: Values): string | undefined;
  /** Runs after the form was submitted and has been closed. */
  done?(): void;
  /** It is not closed then, and stays as it was filled in below what `done` opens: whoever opened it closes it. */
  stays?: boolean;
  /** Runs after the form was left without a change. */
  cancelled?(): void;
  keys?: readonly Binding[];
}

const TELL_AFTER_MS = 500;
const SUBMIT = say('OK', '确定');
const LEAVE = say('Leave', '离开');
const LIST = say('Choose from a list', '从列表选择');
const WORKING = say('working', '处理中');

interface Work {
  readonly since: number;
  readonly abort: AbortController;
  words: Words;
  fraction?: number;
}

/** A window with fields to fill in. Tab and arrows move, Enter submits, Esc leaves without a change. */
export function form(options: FormOptions): Page {
  return new Form(options);
}

class Form implements Page {
  readonly kind = 'window';
  readonly title: Words;
  readonly danger: boolean;
  readonly #options: FormOptions;
  readonly #edits: readonly Binding[];
  readonly #fields: FormFields;
  #problem: Words | undefined;
  #work: Work | undefined;
  #ticks: NodeJS.Timeout | undefined;
  #stage: Stage | undefined;

  constructor(options: FormOptions) {
    this.#options = options;
    this.title = options.title;
    this.danger = options.danger ?? false;
    this.#fields = new FormFields(options.fields);
    this.#edits = editBindings((change) =>
      this.#change((state) => ({ ...state, line: change(state.line), untouched: false })),
    );
  }

  opened(stage: Stage): void {
    this.#stage = stage;
  }

  closed(): void {
    clearInterval(this.#ticks);
    this.#work?.abort.abort();
    this.#stage = undefined;
  }

  get #model(): FormModel {
    const work = this.#work;
    const elapsed = work === undefined ? 0 : performance.now() - work.since;
    return {
      notes: this.#options.notes ?? [],
      fields: this.#fields.shown,
      focus: this.#fields.focusShown,
      problem: this.#problem,
      working:
        work === undefined || elapsed < TELL_AFTER_MS
          ? undefined
          : { ...work, seconds: Math.floor(elapsed / 1000) },
    };
  }

  wants: NonNullable<Page['wants']> = (most, look) => formSize(this.#model, most, look);
  draw: Page['draw'] = (area, look) => drawForm(this.#model, area, look);

  typed(text: string): boolean {
    this.#change((state) => typeInto(state, text));
    return true;
  }

  secret(): boolean {
    return this.#fields.focused?.field.kind === 'secret';
  }

  bindings(): readonly Binding[] {
    const leave: Binding = { keys: ['escape'], label: LEAVE, help: LEAVE, run: () => this.#leave() };
    if (this.#work !== undefined) return [leave];
    const submit = this.#options.submitLabel ?? SUBMIT;
    return [
      { keys: ['enter'], label: submit, help: submit, run: () => void this.#submit() },
      ...this.#moves(),
      leave,
      ...(this.#options.keys ?? []),
      ...this.#inField(),
    ];
  }

  #moves(): Binding[] {
    const next = say('next field', '下一个字段');
    const before = say('field before', '上一个字段');
    const label = this.#fields.count > 1 ? { label: say('Next field', '下一个字段') } : {};
    return [
      { keys: ['tab', 'down'], ...label, help: next, run: () => this.#fields.move(1) },
      { keys: ['S-tab', 'up'], help: before, run: () => this.#fields.move(-1) },
    ];
  }

  /** In a choice the arrows choose; elsewhere they move the cursor. */
  #inField(): readonly Binding[] {
    const { pick, kind } = this.#fields.focused?.field ?? {};
    if (pick !== undefined) return [this.#picking, ...this.#edits];
    if (kind !== 'choice') return this.#edits;
    const step = (by: 1 | -1) => this.#change((state) => choose(state, by));
    const label = say('Choose', '选择');
    return [
      { keys: ['right', 'space'], label, help: say('next choice', '下一项'), run: () => step(1) },
      { keys: ['left'], help: say('choice before', '上一项'), run: () => step(-1) },
    ];
  }

  readonly #picking: Binding = { keys: ['f4', 'C-o'], label: LIST, help: LIST, run: () => this.#pick() };

  #pick(): void {
    const state = this.#fields.focused;
    const stage = this.#stage;
    if (state?.field.pick === undefined || stage === undefined) return;
    const { label, pick } = state.field;
    const page: Page = pickPage(
      label,
      pick,
      editText(state.line),
      () => stage.close(page),
      (text) => this.#change((now) => ({ ...now, line: edit(text), untouched: false })),
    );
    stage.open(page);
  }

  #change(change: (state: FieldState) => FieldState): void {
    if (this.#work !== undefined) return;
    this.#problem = undefined;
    this.#fields.change(change);
  }

  #leave(): void {
    this.#stage?.close(this);
    this.#options.cancelled?.();
  }

  async #submit(): Promise<void> {
    const abort = new AbortController();
    const work: Work = { since: performance.now(), abort, words: WORKING };
    this.#problem = undefined;
    this.#work = work;
    this.#ticks = setInterval(() => this.#stage?.refresh(), TELL_AFTER_MS);
    try {
      await this.#carryOut(work);
    } catch (thrown) {
      if (!abort.signal.aborted) this.#fail(Fault.from(thrown));
      return;
    } finally {
      clearInterval(this.#ticks);
      this.#work = undefined;
      this.#stage?.refresh();
    }
    if (abort.signal.aborted) return;
    if (this.#options.stays !== true) this.#stage?.close(this);
    this.#options.done?.();
  }

  async #carryOut(work: Work): Promise<void> {
    const { schema, input, check, submit } = this.#options;
    const values = this.#fields.values();
    const wrong = check?.(values);
    if (wrong !== undefined) throw wrong;
    const parsed = (await schema?.())?.safeParse(input ? input(values) : values);
    if (parsed?.error) throw problemOf(parsed.error.issues, this.#fields.labels);
    const progress = (words: Words, fraction?: number) => {
      work.words = words;
      if (fraction === undefined) delete work.fraction;
      else work.fraction = fraction;
      this.#stage?.refresh();
    };
    await submit(values, { progress, signal: work.abort.signal });
  }

  #fail(fault: Fault): void {
    const { field, words, next } = fault;
    const said = naming(this.#fields.blame(fault), words);
    this.#problem = next === undefined ? said : say(`${said.en}. ${next.en}`, `${said.zh}。${next.zh}`);
    if (field === undefined) return;
    const text = this.#options.offer?.(field, this.#fields.filled());
    if (text !== undefined) this.#fields.offer(field, text);
  }
}

/** The words with the field's name before them, unless they begin with it already. */
const naming = (label: Words | undefined, words: Words): Words =>
  label === undefined || words.en.startsWith(label.en)
    ? words
    : say(`${label.en}: ${words.en}`, `${label.zh}：${words.zh}`);
