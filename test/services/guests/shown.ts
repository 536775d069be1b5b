import type { Connection } from '../../../src/api/client.ts';
import { type Facts, watchFacts } from '../../../src/node/facts/schema.ts';

/** What ends looking: so much time, or, long before a minute is over, that a part is there. */
type Until = { readonly milliseconds: number } | { readonly part: keyof Facts };

/** What the console is told until then. */
export async function shownBy(connection: Connection, until: Until): Promise<Partial<Facts>> {
  const all: Partial<Facts> = {};
  const seen = new AbortController();
  const onItem = (part: Partial<Facts>) => {
    Object.assign(all, part);
    if ('part' in until && all[until.part] !== undefined) seen.abort();
  };
  const over = AbortSignal.timeout('part' in until ? 60_000 : until.milliseconds);
  const signal = AbortSignal.any([seen.signal, over]);
  await connection.call(watchFacts, {}, { signal, onItem }).catch(() => undefined);
  return all;
}
