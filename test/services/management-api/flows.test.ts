import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Fault } from '../../../src/api/fault.ts';
import { same } from '../../../src/api/words.ts';
import { newUuid } from '../../../src/management/calls/doing.ts';
import { type Flow, flow } from '../../../src/management/jobs/flow.ts';
import type { Jobs } from '../../../src/management/jobs/jobs.ts';
import { job, readJob, takeOver } from '../../../src/management/jobs/row.ts';
import { until } from '../servers.ts';
import { EngineStore } from './engine-store.ts';
import { ended, flowService } from './flow-service.ts';
import { made, Outside, rowsOf } from './flow-world.ts';
import { ENGINES } from './world.ts';

const CHILD = fileURLToPath(new URL('flow-child.ts', import.meta.url));
const API = 'org.x.APITestMsg';
/** Of the longer one of the two, which is undone: more than it has. */
const MOST_POINTS = 60;

describe.each(ENGINES)('%s', (engine) => {
  let world: EngineStore;

  beforeAll(async () => {
    world = await EngineStore.open(engine, [made, job]);
  });
  afterAll(() => world.end());

  /** Whether the child was killed at that point of the job; otherwise it came to the end. */
  async function killed(name: string, uuid: string, point: number): Promise<boolean> {
    const { folder, login } = world;
    const reached = login === undefined ? [] : [String(login.port), login.user];
    const child = spawn(process.execPath, [CHILD, folder, name, uuid, String(point), ...reached], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const [code, signal] = await once(child, 'close');
    expect(code ?? signal).toSatisfy((end) => end === 0 || end === 'SIGKILL');
    return signal === 'SIGKILL';
  }

  const rows = async () => {
    const found = await rowsOf(world.store.tables).selectFrom('made').select('name').execute();
    return found.map(({ name }) => name).sort();
  };

  async function clean(outside: Outside): Promise<void> {
    for (const thing of outside.things) rmSync(join(outside.folder, thing));
    await rowsOf(world.store.tables).deleteFrom('made').execute();
  }

  test.each([
    ['whole', ['one', 'three', 'two'], 13],
    ['fails', [], 23],
  ] as const)(
    '%s: killed at every point, the next service brings it to the same end',
    async (name, things, points) => {
      const outside = new Outside(world.folder);
      let point = 0;
      let isKilled = true;
      while (isKilled && point < MOST_POINTS) {
        point += 1;
        await clean(outside);
        const uuid = newUuid();
        isKilled = await killed(name, uuid, point);
        const jobs = flowService(world, newUuid(), [outside.flow('whole'), outside.flow('fails')]);
        await jobs.resume([]);
        const outcome = await ended(jobs, uuid);
        expect([outside.things, await rows()], `point ${point}`).toEqual([things, things]);
        if (name === 'whole') expect(outcome).toEqual({ answer: { made: ['one', 'two', 'three'] } });
        else expect(outcome).toMatchObject({ error: { code: 'SYS.1006', details: 'three cannot be made' } });
      }
      expect(point).toBe(points);
      expect(isKilled).toBe(false);
    },
    240_000,
  );

  test('a service that lost its job to another one writes nothing more', async () => {
    let go = () => {};
    const waits = new Promise<void>((resolve) => {
      go = resolve;
    });
    const slow = flow<object>({
      name: 'slow',
      steps: [
        {
          name: 'wait',
          run: () => waits.then(() => ({})),
          record: async (database) =>
            void (await rowsOf(database).insertInto('made').values({ name: 'late' }).execute()),
        },
      ],
      answer: () => ({}),
    });
    const old = flowService(world, 'old', [slow]);
    const uuid = newUuid();
    await old.start({ uuid, api: API }, slow, async () => ({}));
    const row = await readJob(world.store.tables, uuid);
    if (row === undefined) throw new Error('no row');
    expect(await takeOver(world.store.tables, row, 'new')).toMatchObject({ epoch: 2 });
    expect(await takeOver(world.store.tables, row, 'third')).toBeUndefined();
    go();
    await old.stop();
    expect(await rows()).not.toContain('late');
    expect(await readJob(world.store.tables, uuid)).toMatchObject({
      owner: 'new',
      step: 0,
      state: 'running',
    });
    // The one that has it now goes on.
    const jobs = flowService(world, 'new', [slow]);
    await jobs.resume([]);
    expect(await ended(jobs, uuid)).toEqual({ answer: {} });
    expect(await rows()).toContain('late');
  });

  test('tried again after faults that pass, and not after others', async () => {
    const tries = { unavailable: 0, refused: 0 };
    const failing = (kind: 'unavailable' | 'refused') =>
      flow<object>({
        name: kind,
        steps: [
          {
            name: kind,
            run: async () => {
              tries[kind] += 1;
              throw new Fault(kind, same('no'));
            },
            retry: { times: 1, kinds: ['unavailable'] },
          },
        ],
        answer: () => ({}),
      });
    for (const kind of ['unavailable', 'refused'] as const) {
      const jobs = flowService(world, newUuid(), [failing(kind)]);
      const uuid = newUuid();
      await jobs.start({ uuid, api: API }, failing(kind), async () => ({}));
      expect(await ended(jobs, uuid)).toHaveProperty('error');
    }
    expect(tries).toEqual({ unavailable: 2, refused: 1 });
  });

  test('what cannot be begun leaves nothing but its error', async () => {
    const outside = new Outside(world.folder);
    await clean(outside);
    const jobs = flowService(world, newUuid(), [outside.flow('whole')]);
    const uuid = newUuid();
    await jobs.start({ uuid, api: API }, outside.flow('whole'), async (database) => {
      await rowsOf(database).insertInto('made').values({ name: 'begun' }).execute();
      throw new Fault('conflict', same('not now'));
    });
    expect(await ended(jobs, uuid)).toMatchObject({ error: { code: 'SYS.1006', details: 'not now' } });
    expect(await rows()).toEqual([]);
  });

  /** A service, and what settles when it has let a job stand still. */
  function watched(owner: string, its: Flow): [Jobs, (uuid: string) => Promise<true>] {
    const logged: string[] = [];
    const jobs = flowService(world, owner, [its], (line) => logged.push(line));
    const isSaid = (uuid: string) => logged.some((line) => line.startsWith(`job ${uuid} goes on later`));
    return [jobs, (uuid) => until(async () => isSaid(uuid) || undefined)];
  }

  test('an undoing that fails is tried again by the next look', async () => {
    let failures = 1;
    const stubborn = flow<object>({
      name: 'stubborn',
      steps: [
        {
          name: 'stubborn',
          run: async () => {
            throw new Fault('failed', same('first'));
          },
          undo: async () => {
            failures -= 1;
            if (failures >= 0) throw new Fault('unavailable', same('not yet'));
          },
        },
      ],
      answer: () => ({}),
    });
    const [jobs, standsStill] = watched('stubborn', stubborn);
    const uuid = newUuid();
    await jobs.start({ uuid, api: API }, stubborn, async () => ({}));
    await standsStill(uuid);
    expect(await jobs.outcome(uuid)).toMatchObject({ outcome: { running: true } });
    await jobs.resume(['stubborn']);
    expect(await ended(jobs, uuid)).toMatchObject({ error: { details: 'first' } });
  });

  test('what somebody deletes before its answer is told as gone; what cannot be read now is answered later', async () => {
    const faults = [new Fault('unavailable', same('not now')), new Fault('notFound', same('it is gone'))];
    const answered = flow<object>({
      name: 'answered',
      steps: [],
      answer: () => {
        throw faults.shift() ?? new Error('asked too often');
      },
    });
    const [jobs, standsStill] = watched('answered', answered);
    const uuid = newUuid();
    await jobs.start({ uuid, api: API }, answered, async () => ({}));
    await standsStill(uuid);
    expect(await jobs.outcome(uuid)).toMatchObject({ outcome: { running: true } });
    await jobs.resume(['answered']);
    expect(await ended(jobs, uuid)).toMatchObject({ error: { code: 'SYS.1003', details: 'it is gone' } });
  });
});
