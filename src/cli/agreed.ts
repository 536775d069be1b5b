import { createInterface } from 'node:readline/promises';

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
    const answer = await terminal.question(question, signal === undefined ? {} : { signal });
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
