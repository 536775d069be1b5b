import type { Key } from './keys.ts';
import type { Binding } from './page.ts';

/** The binding of a key, by its name. */
export const boundTo = (bindings: readonly Binding[], name: string): Binding | undefined =>
  bindings.find(({ keys }) => keys.includes(name));

const LONGEST_RUN = 512;

/** The text of the keys from one on that nothing is bound to: a paste without marks is a key a character. */
export function textRun(
  keys: readonly Key[],
  from: number,
  bindings: readonly Binding[],
): { text: string; count: number } {
  let text = '';
  let count = 0;
  for (; count < LONGEST_RUN; count++) {
    const key = keys[from + count];
    if (key?.text === undefined || boundTo(bindings, key.name) !== undefined) break;
    text += key.text;
  }
  return { text, count };
}
