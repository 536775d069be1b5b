import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Executor } from '../../../src/api/plan.ts';
import { same } from '../../../src/api/words.ts';
import { Audit } from '../../../src/controller/audit/audit.ts';
import { readDeeds } from '../../../src/controller/audit/deeds.ts';
import { AuditLog } from '../../../src/controller/audit/log.ts';
import { Journal } from '../../../src/controller/journal/journal.ts';
import { LatestChanges } from '../../../src/controller/journal/latest.ts';
import { DOING } from '../../fakes/doing.ts';

let folder: string;
let latest: LatestChanges;
let journal: Journal;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zs-latest-'));
  const apply = async (step: { type: string }) => {
    if (step.type === 'fail') throw new Error('it does not fit');
  };
  const executor: Executor = { apply, undo: async () => {}, settle: async () => 'not done' };
  journal = new Journal({
    folder,
    executors: { put: executor, fail: executor },
    changed() {},
    written: () => void latest.read(),
    log() {},
  });
  latest = new LatestChanges(
    journal,
    () => readDeeds(join(folder, 'records'), 50),
    () => {},
    () => {},
  );
});
afterEach(() => rm(folder, { recursive: true }));

function change(title: string, type: string): Promise<void> {
  const caller = { uid: 0, pid: 1, line: 'tty1', program: 'console' };
  const plan = { title: same(title), steps: [{ type, words: same(type) }], warnings: [] };
  return journal.carryOut({ caller, action: 'test.put', plan }, { ...DOING, progress() {} });
}

test('what was made and what was taken back is told with its author, the latest first', async () => {
  await change('first', 'put');
  await change('second', 'fail').catch(() => {});
  await latest.read();
  const who = { program: 'console', line: 'tty1', uid: 0 };
  expect(latest.facts).toMatchObject([
    { title: { en: 'second' }, who, outcome: 'undone' },
    { title: { en: 'first' }, who, outcome: 'finished' },
  ]);
});

test('what has no plan is told from the records, and what has one not twice', async () => {
  const places = { records: join(folder, 'records'), head: join(folder, 'head') };
  const audit = new Audit(
    new AuditLog(places),
    () => {},
    () => void latest.read(),
  );
  const caller = { uid: 0, pid: 1, line: 'tty1', program: 'console' };
  await change('first', 'put');
  const planned = await audit.change(caller, 'test.put', {});
  await planned(Promise.resolve(), () => ({ title: same('first'), planned: true }));
  const reboot = await audit.change(caller, 'power.reboot', {});
  await reboot(Promise.resolve(), () => ({ title: same('Reboot'), why: 'disk of slot 3' }));
  const stop = await audit.change(caller, 'services.order', {});
  const broken = Promise.reject(new Error('it hangs'));
  await stop(broken, () => ({ title: same('Stop') })).catch(() => {});
  await latest.read();
  await audit.close('end');
  expect(latest.facts).toMatchObject([
    { title: { en: 'Stop' }, outcome: 'failed' },
    { title: { en: 'Reboot' }, outcome: 'finished' },
    { title: { en: 'first' }, outcome: 'finished' },
  ]);
  const [last, before] = await readDeeds(places.records, 2);
  expect(last?.failed?.en).toContain('it hangs');
  expect(before).toMatchObject({ why: 'disk of slot 3', caller });
});

test('one that cannot be read hides no other', async () => {
  await change('first', 'put');
  await writeFile(join(folder, 'change-000000002.jsonl'), 'nonsense\n');
  await latest.read();
  expect(latest.facts).toMatchObject([{ title: { en: 'first' } }]);
});
