import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Fault } from '../../../src/api/fault.ts';
import { same } from '../../../src/api/words.ts';
import { newUuid } from '../../../src/management/calls/doing.ts';
import { type Flow, flow } from '../../../src/management/jobs/flow.ts';
import type { Jobs } from '../../../src/management/jobs/jobs.ts';
import { job, readJob } from '../../../src/management/jobs/row.ts';
import { EngineStore } from './engine-store.ts';
import { ended, flowService } from './flow-service.ts';
import { ENGINES } from './world.ts';

const API = 'org.x.APITestMsg';

/** Two steps; the second one waits for its signal or for `go`, whichever comes first, and says how it ended. */
class Waiting {
  readonly done: string[] = [];
  go = () => {};
  readonly #gone = new Promise<void>((resolve) => {
    this.go = resolve;
  });
  begun = () => {};
  readonly isBegun = new Promise<void>((resolve) => {
    this.begun = resolve;
  });

  /** @param heeds what waits ends with its signal */
  flow(heeds: boolean): Flow {
    const undone = (name: string) => async () => void this.done.push(`${name} undone`);
    return flow<object>({
      name: `waiting ${heeds}`,
      steps: [
        { name: 'first', run: async () => void this.done.push('first'), undo: undone('first') },
        {
          name: 'waits',
          run: async (_, { signal }) => {
            this.begun();
            if (heeds) await Promise.race([this.#gone, ends(signal)]);
            else await this.#gone;
            this.done.push('waits');
          },
          undo: undone('waits'),
        },
        { name: 'last', run: async () => void this.done.push('last'), undo: undone('last') },
      ],
      answer: () => ({}),
    });
  }
}

const ends = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('ended by its signal')));
  });

describe.each(ENGINES)('%s', (engine) => {
  let world: EngineStore;
  beforeAll(async () => {
    world = await EngineStore.open(engine, [job]);
  });
  afterAll(() => world.end());

  async function running(waiting: Waiting, heeds: boolean, timeout?: number): Promise<[Jobs, string]> {
    const steps = waiting.flow(heeds);
    const jobs = flowService(world, newUuid(), [steps]);
    const uuid = newUuid();
    await jobs.start({ uuid, api: API, timeout }, steps, async () => ({}));
    await waiting.isBegun;
    return [jobs, uuid];
  }

  test('a step that heeds its signal is ended and undone with those before it', async () => {
    const waiting = new Waiting();
    const [jobs, uuid] = await running(waiting, true);
    expect(await jobs.cancel(uuid)).toBe(true);
    expect(await ended(jobs, uuid)).toEqual({
      error: expect.objectContaining({ code: 'SYS.1006', details: 'the job was cancelled' }),
    });
    expect(waiting.done).toEqual(['first', 'waits undone', 'first undone']);
    expect(await jobs.cancel(uuid)).toBe(false);
  });

  test('a step that does not is let end; the next one is not begun', async () => {
    const waiting = new Waiting();
    const [jobs, uuid] = await running(waiting, false);
    expect(await jobs.cancel(uuid)).toBe(true);
    await sleep(50);
    expect(await jobs.outcome(uuid)).toMatchObject({ outcome: { running: true } });
    waiting.go();
    expect(await ended(jobs, uuid)).toHaveProperty('error.details', 'the job was cancelled');
    expect(waiting.done).not.toContain('last');
    expect(waiting.done.slice(-2)).toEqual(['waits undone', 'first undone']);
  });

  test('cancelled at another service: seen at the next look', async () => {
    const waiting = new Waiting();
    const [jobs, uuid] = await running(waiting, true);
    const other = flowService(world, newUuid(), []);
    expect(await other.cancel(uuid)).toBe(true);
    const { owner } = (await readJob(world.store.tables, uuid)) ?? {};
    await jobs.resume([owner ?? '']);
    expect(await ended(jobs, uuid)).toHaveProperty('error.details', 'the job was cancelled');
  });

  test('cancelled while its service was away: the one that takes it over undoes it', async () => {
    const waiting = new Waiting();
    const [jobs, uuid] = await running(waiting, true);
    await jobs.stop();
    const next = flowService(world, newUuid(), [waiting.flow(true)]);
    expect(await next.cancel(uuid)).toBe(true);
    await next.resume([]);
    expect(await ended(next, uuid)).toHaveProperty('error.details', 'the job was cancelled');
    expect(waiting.done).toEqual(['first', 'waits undone', 'first undone']);
  });

  test('out of time: SYS.1001, and undone', async () => {
    const waiting = new Waiting();
    // Enough to come to the step that waits.
    const [jobs, uuid] = await running(waiting, true, 3_000);
    expect(await ended(jobs, uuid)).toHaveProperty('error.code', 'SYS.1001');
    expect(waiting.done).toEqual(['first', 'waits undone', 'first undone']);
  });

  test('what is being undone already is undone to its end, whoever cancels', async () => {
    let go = () => {};
    const gone = new Promise<void>((resolve) => {
      go = resolve;
    });
    let isEnded = false;
    const failing = flow<object>({
      name: 'failing',
      steps: [
        {
          name: 'fails',
          run: async () => {
            throw new Fault('failed', same('no'));
          },
          undo: async (_, { signal }) => {
            await gone;
            isEnded = signal.aborted;
          },
        },
      ],
      answer: () => ({}),
    });
    const jobs = flowService(world, newUuid(), [failing]);
    const uuid = newUuid();
    await jobs.start({ uuid, api: API, timeout: 50 }, failing, async () => ({}));
    while ((await readJob(world.store.tables, uuid))?.state !== 'undoing') await sleep(10);
    expect(await jobs.cancel(uuid)).toBe(false);
    await sleep(100);
    go();
    expect(await ended(jobs, uuid)).toHaveProperty('error.details', 'no');
    expect(isEnded).toBe(false);
  });

  test('results are kept for three hours, then not told and cleared', async () => {
    const jobs = flowService(world, newUuid(), []);
    const [old, older] = [newUuid(), newUuid()];
    for (const uuid of [old, older]) await jobs.once({ uuid, api: API }, async () => ({ made: uuid }));
    const rows = world.store.tables.withTables<{ job: { uuid: string; finished: number } }>();
    const ago = (minutes: number) => ({ finished: Date.now() - minutes * 60_000 });
    await rows.updateTable('job').set(ago(179)).where('uuid', '=', old).execute();
    await rows.updateTable('job').set(ago(181)).where('uuid', '=', older).execute();
    expect(await jobs.outcome(old)).toMatchObject({ outcome: { answer: { made: old } } });
    expect(await jobs.outcome(older)).toBeUndefined();
    await jobs.clear();
    expect(await readJob(world.store.tables, old)).toBeDefined();
    expect(await readJob(world.store.tables, older)).toBeUndefined();
  });
});
