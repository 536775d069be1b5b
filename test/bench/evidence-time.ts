import type { Connection } from '../../src/api/client.ts';
import type { ChangeInput } from '../../src/node/network/change/schema/change.ts';
import { make, plan } from '../services/network-make.ts';

/** From Y to the evidence, in milliseconds: the plan was shown before. Throws what the change failed with. */
export async function evidenceTime(connection: Connection, change: ChangeInput): Promise<number> {
  await plan(connection, change);
  const from = performance.now();
  let proven = Number.NaN;
  const { job } = await make(connection, change, {
    onPending: ({ phase }) => {
      if (phase === 'keeping' && Number.isNaN(proven)) proven = performance.now() - from;
    },
  });
  if (job.fault !== undefined) throw new Error(job.fault.words.en);
  return proven;
}
