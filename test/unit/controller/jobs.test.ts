import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { say } from '../../../src/api/words.ts';
import { JobStore } from '../../../src/controller/job-store.ts';
import { Jobs } from '../../../src/controller/jobs.ts';

let folder: string;
const log: string[] = [];
const signal = new AbortController().signal;

const newJobs = (): Jobs => new Jobs(new JobStore(folder, (text) => log.push(text)), () => {});
const state = (jobs: Jobs, id: string) => jobs.facts().find((job) => job.id === id)?.state;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zs-jobs-'));
  log.length = 0;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('a job that ended is found again after a restart', async () => {
  const jobs = newJobs();
  const { job } = jobs.start('test.run', async (reply) => {
    reply.progress({ words: say('half', '一半'), fraction: 0.5 });
    return { url: 'http://node' };
  });
  expect(await jobs.watch(job, signal, () => {})).toMatchObject({ state: 'done', fraction: 0.5 });
  const later = newJobs();
  await later.load(new Map());
  expect(await later.watch(job, signal, () => {})).toMatchObject({
    state: 'done',
    output: { url: 'http://node' },
  });
});

test('a job that ran when the controller died reads interrupted, with what recovery did', async () => {
  const jobs = newJobs();
  const { job } = jobs.start('test.run', () => new Promise(() => {}));
  const other = jobs.start('test.other', () => new Promise(() => {})).job;
  await expect
    .poll(async () => (await readdir(folder)).filter((name) => name.endsWith('.json')))
    .toHaveLength(2);
  const later = newJobs();
  await later.load(new Map([['test.run', say('undone', '已撤销')]]));
  expect(later.facts().find(({ id }) => id === job)).toMatchObject({
    state: 'interrupted',
    progress: { en: 'undone' },
    ended: expect.any(Number),
  });
  expect(state(later, other)).toBe('interrupted');
});

test('cancelling asks the work to stop; afterwards there is nothing to cancel', async () => {
  const jobs = newJobs();
  const { job } = jobs.start(
    'test.run',
    (reply) =>
      new Promise((_resolve, reject) =>
        reply.signal.addEventListener('abort', () => reject(reply.signal.reason)),
      ),
  );
  jobs.cancel(job);
  expect(await jobs.watch(job, signal, () => {})).toMatchObject({ state: 'cancelled' });
  expect(() => jobs.cancel(job)).toThrow('has ended');
  expect(() => jobs.cancel('nosuch')).toThrow('no job');
});

test('a failing job keeps its fault', async () => {
  const jobs = newJobs();
  const { job } = jobs.start('test.run', () => Promise.reject(new Error('broken')));
  expect(await jobs.watch(job, signal, () => {})).toMatchObject({
    state: 'failed',
    fault: { kind: 'internal', words: { en: 'broken' } },
  });
});

test('who watches a running job hears all that comes, and leaving does not stop it', async () => {
  const jobs = newJobs();
  let go = () => {};
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  const { job } = jobs.start('test.run', async (reply) => {
    await gate;
    reply.item('a line');
    return 1;
  });
  const heard: unknown[] = [];
  const leaver = new AbortController();
  const left = jobs.watch(job, leaver.signal, () => {});
  leaver.abort();
  expect((await left).state).toBe('running');
  const watched = jobs.watch(job, signal, (news) => heard.push(news));
  go();
  await watched;
  expect(heard).toContainEqual({ item: 'a line' });
});

test('ended jobs are kept to a bounded number, in memory and on disk', async () => {
  const jobs = newJobs();
  for (let index = 0; index < 60; index += 1) {
    jobs.start('test.run', async () => index);
    await jobs.settled();
  }
  expect(jobs.facts()).toHaveLength(50);
  expect(await readdir(folder)).toHaveLength(50);
});

test('a job runs though it cannot be kept; a damaged file spoils no other', async () => {
  await writeFile(join(folder, 'bad.json'), '{');
  const jobs = newJobs();
  await jobs.load(new Map());
  expect(log).toHaveLength(1);
  await rm(folder, { recursive: true });
  await writeFile(folder, 'in the way');
  const { job } = jobs.start('test.run', async () => 1);
  expect(await jobs.watch(job, signal, () => {})).toMatchObject({ state: 'done' });
});

test('only so many run at once', async () => {
  const jobs = newJobs();
  let go = () => {};
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  for (let index = 0; index < 16; index += 1) jobs.start('test.run', () => gate);
  expect(() => jobs.start('test.run', () => gate)).toThrow('too many jobs');
  go();
  await jobs.settled();
});
