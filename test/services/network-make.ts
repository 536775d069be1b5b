import type { Connection } from '../../src/api/client.ts';
import { Fault } from '../../src/api/fault.ts';
import { type Job, watchJob } from '../../src/api/jobs.ts';
import type { ChangeInput } from '../../src/node/network/change/schema/change.ts';
import type { PendingChange } from '../../src/node/network/change/schema/pending.ts';
import { makeChange, planChange, readNetwork } from '../../src/node/network/change/schema.ts';

export const readState = (connection: Connection) => connection.call(readNetwork, {});
export const plan = (connection: Connection, change: ChangeInput) => connection.call(planChange, { change });

export interface Outcome {
  job: Job;
  seen: PendingChange[];
}

/** Makes a change to its end; `onPending` hears of each moment of it. */
export async function make(
  connection: Connection,
  change: ChangeInput,
  options: { unattended?: boolean; seen?: string; onPending?: (pending: PendingChange) => void } = {},
): Promise<Outcome> {
  const { job: id } = await connection.start(makeChange, {
    change,
    unattended: options.unattended ?? true,
    why: 'test',
    ...(options.seen !== undefined && { seen: options.seen }),
  });
  const seen: PendingChange[] = [];
  const job = await connection.call(
    watchJob,
    { id },
    {
      onItem: (item) => {
        if (!('item' in item)) return;
        seen.push(item.item as PendingChange);
        options.onPending?.(item.item as PendingChange);
      },
    },
  );
  return { job, seen };
}

/** Throws what the change failed with. */
export async function mustMake(connection: Connection, change: ChangeInput): Promise<void> {
  const { job } = await make(connection, change);
  if (job.fault !== undefined) throw Fault.fromRecord(job.fault);
}

/** Asks once, at the first of the many moments at which a change waits to be confirmed. */
export function onceConfirming(ask: (id: string) => Promise<unknown>): (pending: PendingChange) => void {
  let asked = false;
  return ({ phase, id }) => {
    if (asked || phase !== 'confirming') return;
    asked = true;
    void ask(id);
  };
}
