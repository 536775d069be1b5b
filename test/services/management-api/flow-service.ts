import { setTimeout as sleep } from 'node:timers/promises';
import type { Flow } from '../../../src/management/jobs/flow.ts';
import { Jobs } from '../../../src/management/jobs/jobs.ts';
import type { Outcome } from '../../../src/management/jobs/outcome.ts';
import type { EngineStore } from './engine-store.ts';

/** A service that carries jobs out on a store. */
export const flowService = (
  { store }: EngineStore,
  owner: string,
  flows: Flow[],
  log: (line: string) => void = () => {},
): Jobs => new Jobs({ database: store.tables, owner, flows, log });

/** What came of a job, once it has ended. */
export async function ended(jobs: Jobs, uuid: string): Promise<Outcome | undefined> {
  for (;;) {
    const found = await jobs.outcome(uuid);
    if (found === undefined || !('running' in found.outcome)) return found?.outcome;
    await sleep(10);
  }
}
