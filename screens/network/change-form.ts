import { say, type Words } from '../../src/api/words.ts';
import type { ChangeInput } from '../../src/node/network/change/schema/change.ts';
import { form } from '../../src/tui/form.ts';
import type { Field, Values } from '../../src/tui/form-field.ts';
import type { Page } from '../../src/tui/page.ts';
import type { Context } from '../context.ts';
import { propose } from './make.ts';

interface ChangeForm {
  title: Words;
  notes?: Words[];
  fields: Field[];
  change(values: Values): ChangeInput;
  offer?(field: string, values: Values): string | undefined;
}

/** A form whose submission shows the plan. It is there as it was filled in until a change has been made and kept. */
export function changeForm(
  context: Context,
  { title, notes, fields, change, offer }: ChangeForm,
  then: () => void,
): Page {
  let showPlan: (() => void) | undefined;
  const kept = () => context.stage.close(page);
  const page = form({
    title,
    ...(notes && { notes }),
    ...(offer && { offer }),
    fields,
    schema: async () => (await import('../../src/node/network/change/schema/change.ts')).change,
    input: change,
    async submit(values) {
      showPlan = await propose(context, change(values), then, kept);
    },
    done: () => showPlan?.(),
    stays: true,
    submitLabel: say('Show the plan', '查看计划'),
  });
  return page;
}

/** What stands in a field; empty where nothing does. */
export const text = (values: Values, name: string): string => {
  const value = values[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
};
export const list = (values: Values, name: string): string[] =>
  text(values, name)
    .split(/[\s,]+/)
    .filter(Boolean);
export const given = (values: Values, name: string): Record<string, string> =>
  text(values, name) === '' ? {} : { [name]: text(values, name) };

const ADDRESS = 40;
export const plainField = (name: string, label: Words, value: string, optional: boolean): Field => ({
  name,
  label,
  kind: 'text',
  value,
  optional,
  columns: ADDRESS,
});
