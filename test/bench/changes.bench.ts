import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Executor, Step } from '../../src/api/plan.ts';
import { same } from '../../src/api/words.ts';
import { Audit } from '../../src/controller/audit/audit.ts';
import { AuditLog } from '../../src/controller/audit/log.ts';
import { Journal } from '../../src/controller/journal/journal.ts';
import { type Bench, median, type Row } from './row.ts';

const AT_ONCE = 32;
const ROUNDS = 5;
const CALLER = { uid: 0, pid: 1, line: 'tty1', program: 'console' };
/** Of three steps that do nothing: what is left is what the disk must know of a change. */
const STEPS: Step[] = ['first', 'second', 'third'].map((name) => ({ type: 'nothing', words: same(name) }));
const PLAN = { title: same('nothing'), steps: STEPS, warnings: [] };
const NOTHING: Executor = { apply: async () => {}, undo: async () => {}, settle: async () => 'done' };

/** Changes on a real disk, each on record and journaled: one after the other, and all at once. */
const bench: Bench = async () => {
  // Not below /tmp, which may be no disk at all.
  const folder = join(import.meta.dirname, '..', '..', 'build', 'bench-changes');
  await mkdir(folder, { recursive: true });
  try {
    return await measure(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
};

interface Changer {
  /** One change as the controller makes it: on record, journaled step by step, its end on record. */
  make(): Promise<void>;
  end(): Promise<void>;
}

async function changer(folder: string): Promise<Changer> {
  const audit = new Audit(
    new AuditLog({ records: join(folder, 'audit'), head: join(folder, 'head') }),
    () => {},
  );
  const executors = { nothing: NOTHING };
  const journal = new Journal({ folder: join(folder, 'journal'), executors, changed() {}, log() {} });
  await journal.recover();
  const carrying = { signal: new AbortController().signal, given: undefined, progress() {} };
  const make = async () => {
    const finish = await audit.change(CALLER, 'bench.change', {});
    await finish(journal.carryOut({ caller: CALLER, action: 'bench.change', plan: PLAN }, carrying));
  };
  return { make, end: () => audit.close('bench.ended') };
}

async function measure(folder: string): Promise<Row[]> {
  const { make, end } = await changer(folder);
  await make();
  const [alone, together]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    alone.push(await timed(() => inTurn(make)));
    together.push(await timed(() => Promise.all([...Array(AT_ONCE)].map(make))));
  }
  await end();
  const [one, all] = [median(alone), median(together)];
  return [
    { name: `${AT_ONCE} changes one after the other`, value: one, unit: 'ms' },
    { name: `${AT_ONCE} changes at once`, value: all, unit: 'ms' },
    { name: 'times faster at once', value: one / all, unit: 'x', limit: 8, least: true },
  ];
}

async function inTurn(make: () => Promise<unknown>): Promise<void> {
  for (let count = 0; count < AT_ONCE; count++) await make();
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

export default bench;
