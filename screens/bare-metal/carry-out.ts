import type { CallOptions } from '../../src/api/client.ts';
import { Fault } from '../../src/api/fault.ts';
import { say, type Words } from '../../src/api/words.ts';
import { progress } from '../../src/tui/progress.ts';
import type { Context } from '../context.ts';

/** Carries something short out in a window that says how it went. @param then runs at the end, however that was */
export async function carryOut(
  context: Context,
  { title, doing, done }: { title: Words; doing: Words; done: Words },
  order: (options: CallOptions<never>) => Promise<unknown>,
  then: () => Promise<void>,
): Promise<void> {
  const window = progress({ title, brief: true, background: () => undefined });
  context.stage.open(window.page);
  window.step(doing);
  try {
    await order({ onProgress: ({ words, fraction }) => window.step(words, fraction) });
    window.done(done);
  } catch (thrown) {
    window.failed(Fault.from(thrown));
  }
  await then();
}

export const DONE = say('It is done.', '已完成。');
