import { dirname } from 'node:path';
import type { z } from 'zod';
import type { Action } from '../../api/action.ts';
import { Fault } from '../../api/fault.ts';
import { parseInput } from '../../api/registry.ts';
import { LIMITS, type Reply, serve } from '../../api/server.ts';
import { say } from '../../api/words.ts';
import { ensureFolder } from '../../system/files.ts';
import { listenOn } from '../../system/listen.ts';
import { identify } from '../../system/peer.ts';

/** One thing that the machine's own controller may ask of the service. */
export interface LocalAnswer {
  readonly action: Action;
  readonly run: (input: unknown, reply: Reply) => Promise<unknown>;
}

export const answers = <I extends z.ZodType, O, T>(
  action: Action<I, O, T>,
  run: (input: z.output<I>, reply: Reply) => Promise<O>,
): LocalAnswer => ({ action: action as Action, run: run as LocalAnswer['run'] });

/** Listens for root and for the service's own user; nobody else has anything to ask there. Answers how to stop. */
export async function serveLocally(
  path: string,
  version: string,
  known: readonly LocalAnswer[],
  log: (line: string) => void,
): Promise<() => void> {
  const byName = new Map(known.map((each) => [each.action.name, each]));
  await ensureFolder(dirname(path), 0o755);
  const serving = serve(await listenOn(path), {
    hello: { version, role: 'management' },
    limits: LIMITS,
    identify,
    call: async ({ uid }, name, input, reply) => {
      if (uid !== 0 && uid !== process.getuid?.()) throw new Fault('refused', say('not for you', '无权执行'));
      const found = byName.get(name);
      if (found === undefined)
        throw new Fault('notFound', say(`there is no action ${name}`, `没有操作 ${name}`));
      return found.run(parseInput(found.action, input), reply);
    },
    left: () => undefined,
    log,
  });
  return () => serving.close();
}
