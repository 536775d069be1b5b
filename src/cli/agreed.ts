import { createInterface } from 'node:readline/promises';
import { printable } from '../api/printable.ts';

/** Whether a person at the terminal says yes. Rejects when the signal comes first. */
export async function agreed(
  question: string,
  {
    signal,
    output = process.stdout,
  }: { signal?: AbortSignal | undefined; output?: NodeJS.WritableStream } = {},
): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output });
  try {
    const answer = await terminal.question(printable(question), signal === undefined ? {} : { signal });
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
