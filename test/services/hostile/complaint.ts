import type { Message } from './client.ts';

/** Kinds of errors that tell a person something; `internal` is a defect. */
const KINDS = ['usage', 'notFound', 'conflict', 'refused', 'unavailable', 'timeout', 'failed'];

/** What is wrong with an answer; undefined when it is an answer, or one clear error. */
export function complaint({ fault }: Message): string | undefined {
  if (fault === undefined) return undefined;
  const { kind, words } = fault as { kind?: string; words?: { en?: string; zh?: string } };
  if (kind === undefined || !KINDS.includes(kind)) return `kind ${kind}: ${words?.en}`;
  for (const text of [words?.en, words?.zh]) {
    if (typeof text !== 'string' || text === '' || text.length > 2000)
      return `no words: ${JSON.stringify(fault).slice(0, 300)}`;
    if (/\n +at |undefined|\[object/.test(text)) return `not said to a person: ${text}`;
  }
  return undefined;
}
