import { Fault } from '../../src/api/fault.ts';
import { say, type Words } from '../../src/api/words.ts';
import { confirm } from '../../src/tui/confirm.ts';
import type { Context } from '../context.ts';

/** Asks Y or N in a window over the form. Throws `conflict` at N: the form stays as it was filled in. */
export async function agreed(context: Context, title: Words, lines: readonly Words[]): Promise<void> {
  const yes = await new Promise<boolean>((resolve) => {
    context.stage.open(confirm({ title, lines, yes: () => resolve(true), no: () => resolve(false) }));
  });
  if (!yes) throw new Fault('conflict', say('nothing was changed', '未做修改'));
}
