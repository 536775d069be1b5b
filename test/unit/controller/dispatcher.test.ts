import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Caller, type Implementation, implement } from '../../../src/api/action.ts';
import type { Executor, ShownPlan, Step } from '../../../src/api/plan.ts';
import { Registry } from '../../../src/api/registry.ts';
import type { Reply } from '../../../src/api/server.ts';
import { same } from '../../../src/api/words.ts';
import { Audit } from '../../../src/controller/audit/audit.ts';
import { AuditLog } from '../../../src/controller/audit/log.ts';
import { Dispatcher } from '../../../src/controller/dispatcher.ts';
import { JobStore } from '../../../src/controller/job-store.ts';
import { Jobs } from '../../../src/controller/jobs.ts';
import { Journal } from '../../../src/controller/journal/journal.ts';
import { LANES, Lanes } from '../../../src/controller/lanes.ts';
import { Sessions } from '../../../src/controller/sessions.ts';
import { change, forgetful, guarded, long, look, ordered, reboot, shared, show } from './dispatched.ts';

const console1: Caller = { uid: 65_000, pid: 1, line: 'tty1', program: 'console' };
const rootConsole: Caller = { uid: 0, pid: 2, line: 'tty2', program: 'console' };
const script: Caller = { uid: 0, pid: 3, line: '-', program: 'script' };
const foreignScript: Caller = { uid: 65_000, pid: 4, line: '-', program: 'script' };

let folder: string;
let sessions: Sessions;
let audit: Audit;
let jobs: Jobs;
let lanes: Lanes;
let dispatcher: Dispatcher;
let world: string[];
let hold: Promise<void> | undefined;

const put: Executor = {
  apply: async ({ words }) => {
    await hold;
    world.push(words.en);
  },
  undo: async () => {
    world = [];
  },
  settle: async () => 'not done',
};

const plan = (name: string) => ({
  title: same(`put ${name}`),
  steps: [{ type: 'put', words: same(name) }],
  warnings: [],
});

const implementations: Implementation<Step>[] = [
  implement(look, async () => 'seen'),
  implement(guarded, async ({ count }) => `got ${count}`),
  implement(change, async ({ address }, run) => run.carryOut(plan(address))),
  implement(show, async ({ address }, run) => run.show(plan(address))),
  implement(ordered, async () => 'ordered'),
  implement(shared, async () => 'shared'),
  implement(forgetful, async () => undefined),
  implement(reboot, async () => void world.push('rebooted')),
  implement(long, async (_input, run) => {
    await run.carryOut(plan('long'));
    return 'long done';
  }),
];

const reply = (): Reply & { seen: unknown[] } => {
  const seen: unknown[] = [];
  return {
    seen,
    signal: new AbortController().signal,
    item: (item) => seen.push(item),
    progress: (progress) => seen.push(progress),
  };
};

const auditText = () => readFile(join(folder, 'audit', 'audit-000000000001.jsonl'), 'utf8').catch(() => '');
const call = (caller: Caller, name: string, input: unknown = {}) =>
  dispatcher.call(caller, name, input, reply());

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zs-dispatch-'));
  world = [];
  hold = undefined;
  sessions = new Sessions({ idleSeconds: 600, now: () => 0, changed: () => {}, ended: () => {} });
  audit = new Audit(new AuditLog({ records: join(folder, 'audit'), head: join(folder, 'head') }), () => {});
  jobs = new Jobs(new JobStore(join(folder, 'jobs'), () => {}), () => {});
  lanes = new Lanes({ ...LANES, now: () => 0, patience: 20 });
  const journal = new Journal({
    folder: join(folder, 'journal'),
    executors: { put },
    changed: () => {},
    log: () => {},
  });
  await journal.recover();
  dispatcher = new Dispatcher({
    registry: new Registry(implementations),
    sessions,
    lanes,
    audit,
    journal,
    executors: { put },
    jobs,
  });
});
afterEach(async () => {
  await jobs.settled();
  await audit.close('end');
  await rm(folder, { recursive: true });
});

test('looking needs nothing and is counted only', async () => {
  expect(await call(console1, 'test.look')).toBe('seen');
  expect(await auditText()).toBe('');
});

test('what needs the password is refused to consoles without a session, root or not, and to other people’s scripts', async () => {
  for (const caller of [console1, rootConsole, foreignScript]) {
    await expect(call(caller, 'test.guarded')).rejects.toMatchObject({ kind: 'refused' });
    await expect(call(caller, 'test.change', { address: 'abc' })).rejects.toMatchObject({ kind: 'refused' });
  }
  expect(world).toEqual([]);
  sessions.open(console1, 'configuration', false);
  expect(await call(console1, 'test.guarded')).toBe('got 1');
  await expect(call(rootConsole, 'test.guarded')).rejects.toMatchObject({ kind: 'refused' });
});

test('root’s script needs no session', async () => {
  expect(await call(script, 'test.guarded', { count: 2 })).toBe('got 2');
});

test('wrong input names the field, before anything else happens', async () => {
  await expect(call(script, 'test.change', { address: 'x' })).rejects.toMatchObject({
    kind: 'usage',
    field: 'address',
    message: 'address: at least 3 characters',
  });
  await expect(call(script, 'test.change', null)).rejects.toMatchObject({ kind: 'usage', field: 'address' });
  expect(await auditText()).toBe('');
  await expect(call(script, 'test.unheard')).rejects.toMatchObject({ kind: 'notFound' });
});

test('the input of a call is recorded with its secrets masked, and who made it', async () => {
  await call(script, 'test.guarded', { password: 'tr0ub4dor' });
  const text = await auditText();
  expect(text).toContain('"action":"test.guarded"');
  expect(text).toContain('"caller":{"uid":0,"pid":3,"line":"-","program":"script"}');
  expect(text).toContain('\\"password\\":\\"***\\"');
  expect(text).not.toContain('tr0ub4dor');
});

test('changes are made one at a time, each recorded before and after', async () => {
  let open = () => {};
  hold = new Promise((resolve) => {
    open = resolve;
  });
  const first = call(script, 'test.change', { address: 'first' });
  await expect(call(script, 'test.change', { address: 'second' })).rejects.toMatchObject({
    kind: 'conflict',
  });
  open();
  await first;
  expect(world).toEqual(['first']);
  expect((await auditText()).match(/change\.(begun|ended)/g)).toEqual(['change.begun', 'change.ended']);
});

test('without a record no change is made; the node can be rebooted all the same, and says so', async () => {
  await writeFile(join(folder, 'audit'), 'in the way');
  await expect(call(script, 'test.change', { address: 'abc' })).rejects.toMatchObject({
    kind: 'unavailable',
  });
  expect(world).toEqual([]);
  const progress = reply();
  await dispatcher.call(script, 'power.reboot', {}, progress);
  expect(world).toEqual(['rebooted']);
  expect(JSON.stringify(progress.seen)).toContain('could not be recorded');
  expect(await call(script, 'test.guarded')).toBe('got 1');
});

test('a change that hangs does not keep anybody from rebooting', async () => {
  let open = () => {};
  hold = new Promise((resolve) => {
    open = resolve;
  });
  const hangs = call(script, 'test.change', { address: 'hangs' });
  await call(script, 'power.reboot');
  expect(world).toEqual(['rebooted']);
  open();
  await hangs;
});

test('a long change answers its number at once, goes on without its caller, and can be watched', async () => {
  let open = () => {};
  hold = new Promise((resolve) => {
    open = resolve;
  });
  const { job } = (await call(script, 'test.long')) as { job: string };
  expect(jobs.facts()).toMatchObject([{ id: job, action: 'test.long', state: 'running' }]);
  const news: unknown[] = [];
  const watched = jobs.watch(job, new AbortController().signal, (item) => news.push(structuredClone(item)));
  open();
  expect(await watched).toMatchObject({ state: 'done', output: 'long done', title: { en: 'put long' } });
  expect(news.length).toBeGreaterThan(1);
  expect(lanes.holders).toEqual([]);
});

test('a look-only action may not change anything', async () => {
  const sneaky: Implementation<Step> = implement(look, async (_input, run) => {
    await run.carryOut(plan('sneaky'));
    return '';
  });
  const other = new Dispatcher({
    registry: new Registry([sneaky]),
    sessions,
    lanes,
    audit,
    journal: new Journal({ folder, executors: { put }, changed: () => {}, log: () => {} }),
    executors: { put },
    jobs,
  });
  await expect(other.call(script, 'test.look', {}, reply())).rejects.toThrow('only reads');
  expect(world).toEqual([]);
});

test('what a person saw is made, anything else is refused with the plan of now, and on record', async () => {
  const { digest } = (await call(script, 'test.plan', { address: '10.0.0.9' })) as ShownPlan;
  const moved = call(script, 'test.change', { address: '10.0.0.8', seen: digest });
  await expect(moved).rejects.toMatchObject({ kind: 'conflict', plan: { title: same('put 10.0.0.8') } });
  expect(world).toEqual([]);
  expect(await readdir(join(folder, 'journal'))).toEqual([]);
  expect(await auditText()).toMatch(/test\.change.*conflict/);
  await call(script, 'test.change', { address: '10.0.0.9', seen: digest });
  expect(world).toEqual(['10.0.0.9']);
  await expect(call(script, 'test.change', { address: '10.0.0.9', seen: 'x' })).rejects.toMatchObject({
    kind: 'usage',
    field: 'seen',
  });
});

test('an action that takes what was seen and compares no plan is a defect', async () => {
  const { digest } = (await call(script, 'test.plan', { address: '10.0.0.9' })) as ShownPlan;
  await expect(call(script, 'test.forgetful', { seen: digest })).rejects.toThrow('compared no plan');
});

test('the cluster may ask for what is declared for it and nothing else; a session is asked for neither', async () => {
  const cluster: Caller = { uid: 0, pid: 9, line: '-', program: 'cluster' };
  expect(await call(cluster, 'test.ordered')).toBe('ordered');
  expect(await call(cluster, 'test.shared')).toBe('shared');
  for (const name of ['test.look', 'test.guarded', 'test.change', 'power.reboot'])
    await expect(call(cluster, name, { address: '10.0.0.9' })).rejects.toMatchObject({ kind: 'refused' });
  expect(world).toEqual([]);
  sessions.open(console1, 'configuration', false);
  expect(await call(console1, 'test.shared')).toBe('shared');
  await expect(call(console1, 'test.ordered')).rejects.toMatchObject({ kind: 'refused' });
  await expect(call(rootConsole, 'test.shared')).rejects.toMatchObject({ kind: 'refused' });
  expect(await call(script, 'test.ordered')).toBe('ordered');
});

test('two implementations of one name are a defect', () => {
  expect(() => new Registry([...implementations, implement(look, async () => '')])).toThrow(
    'two implementations',
  );
});
