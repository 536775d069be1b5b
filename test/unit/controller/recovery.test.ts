import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Executor } from '../../../src/api/plan.ts';
import { same } from '../../../src/api/words.ts';
import { Audit } from '../../../src/controller/audit/audit.ts';
import { AuditLog } from '../../../src/controller/audit/log.ts';
import { Journal } from '../../../src/controller/journal/journal.ts';
import { LANES, Lanes } from '../../../src/controller/lanes.ts';
import { Recovery } from '../../../src/controller/recovery.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zs-recovery-'));
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(folder, { recursive: true });
});

test('what is stuck is told once, tried again, and settled as soon as it can be', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  let databaseIsUp = false;
  let tries = 0;
  const executor: Executor = {
    apply: async () => {},
    undo: async () => {},
    settle: async () => {
      tries += 1;
      if (!databaseIsUp) throw new Error('the database is not up');
      return 'not done';
    },
  };
  const plan = { title: same('a change'), steps: [{ type: 'x', words: same('x') }], warnings: [] };
  const begun = { at: 1, caller: {}, action: 'test.x', plan };
  await writeFile(join(folder, 'change-000000001.jsonl'), `${JSON.stringify(begun)}\n{"apply":0}\n`);
  const executors = { x: executor };
  const changed = () => recovery.watch();
  const journal = new Journal({ folder, executors, changed, log: () => {} });
  const audit = new Audit(
    new AuditLog({ records: join(folder, 'audit'), head: join(folder, 'head') }),
    () => {},
  );
  const recovery: Recovery = new Recovery({
    journal,
    audit,
    lanes: new Lanes({ ...LANES, now: () => 0 }),
    log: () => {},
  });
  await recovery.run();
  expect(recovery.stuck).toBe(true);
  for (let minute = 1; minute <= 2; minute += 1) {
    vi.advanceTimersByTime(60_000);
    await vi.waitFor(() => expect(tries).toBe(minute + 1), { timeout: 15_000 });
    await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1), { timeout: 15_000 });
  }
  expect(journal.findings).toMatchObject([{ outcome: 'stuck' }]);
  databaseIsUp = true;
  vi.advanceTimersByTime(60_000);
  await vi.waitFor(() => expect(journal.findings).toMatchObject([{ outcome: 'undone' }]), {
    timeout: 15_000,
  });
  await vi.waitFor(() => expect(vi.getTimerCount()).toBe(0), { timeout: 15_000 });
  await audit.close('end');
  const chain = await readFile(join(folder, 'audit/audit-000000000001.jsonl'), 'utf8');
  expect(chain.match(/"outcome":"\w+"/g)).toEqual(['"outcome":"stuck"', '"outcome":"undone"']);
});
