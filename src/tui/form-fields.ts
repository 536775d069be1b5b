import { Fault } from '../api/fault.ts';
import type { Words } from '../api/words.ts';
import { edit } from './edit.ts';
import { type Field, type FieldState, fieldState, fieldValue, offered, type Values } from './form-field.ts';
import { EMPTY } from './form-view.ts';

/** The fields of a form as they are filled in, and which of them the keys are for. */
export class FormFields {
  #states: FieldState[];
  #focus = 0;

  constructor(fields: readonly Field[]) {
    this.#states = fields.map(fieldState);
  }

  get count(): number {
    return this.#states.length;
  }

  get focused(): FieldState | undefined {
    return this.#states[this.#focus];
  }

  /** The fields that apply beside what is filled in now. */
  get shown(): FieldState[] {
    const values = this.filled();
    return this.#states.filter(({ field }) => field.applies?.(values) ?? true);
  }

  /** Place of the focused field among those that are shown; -1 when it is not. */
  get focusShown(): number {
    return this.shown.findIndex(({ field }) => field === this.focused?.field);
  }

  get labels(): ReadonlyMap<string, Words> {
    return new Map(this.#states.map(({ field }) => [field.name, field.label]));
  }

  move(by: number): void {
    const { shown } = this;
    const to = shown.at((this.focusShown + by) % shown.length);
    this.#focus = this.#states.findIndex(({ field }) => field === to?.field);
  }

  /** Changes the focused field. */
  change(change: (state: FieldState) => FieldState): void {
    this.#states = this.#states.map((state, index) => (index === this.#focus ? change(state) : state));
  }

  filled(fields: readonly FieldState[] = this.#states): Values {
    const values: Values = {};
    for (const state of fields) {
      const value = fieldValue(state);
      if (value !== undefined) values[state.field.name] = value;
    }
    return values;
  }

  /** What is submitted. @throws Fault usage for a field that may not stay empty */
  values(): Values {
    const { shown } = this;
    const values = this.filled(shown);
    for (const { field } of shown)
      if (values[field.name] === undefined && !field.optional)
        throw new Fault('usage', EMPTY(field.label), { field: field.name });
    return values;
  }

  /** Puts the text into the field of that name, unless something is in it. */
  offer(name: string, text: string): void {
    this.#states = this.#states.map((state) =>
      state.field.name === name && fieldValue(state) === undefined ? offered(state, text) : state,
    );
  }

  /** Goes to the field that the fault is about, and empties a secret that was refused. Answers the field's label. */
  blame({ field, kind }: Fault): Words | undefined {
    const wrong = (state: FieldState) =>
      state.field.kind === 'secret' &&
      (field === undefined ? kind === 'refused' : state.field.name === field);
    const { shown } = this;
    const named = this.#states.findIndex((state) => state.field.name === field && shown.includes(state));
    const focus = named >= 0 ? named : this.#states.findIndex(wrong);
    if (focus >= 0) this.#focus = focus;
    this.#states = this.#states.map((state) => (wrong(state) ? { ...state, line: edit('') } : state));
    return this.#states[named]?.field.label;
  }
}
