import { appendFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Audit } from '../../../src/controller/audit/audit.ts';
import { AuditLog } from '../../../src/controller/audit/log.ts';
import { GuardChecks } from '../../../src/controller/guard-checks.ts';
import { CheckLog, readChecks } from '../../../src/guard/checks.ts';

let folder: string;
let guardFolder: string;
const check = { event: 'password.check', line: 'tty1', uid: 990, pid: 7, program: 'console' };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zs-checks-'));
  guardFolder = join(folder, 'guard');
});
afterEach(() => rm(folder, { recursive: true }));

/** A log that takes what the controller would write into the chain. */
class Recorded extends AuditLog {
  readonly rows: Record<string, unknown>[] = [];
  full = false;
  override async append(event: object): Promise<void> {
    if (this.full) throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
    this.rows.push(event as Record<string, unknown>);
  }
}

const newLog = () => new Recorded({ records: join(folder, 'audit'), head: join(folder, 'head') });
const taking = (log: Recorded) => new GuardChecks(guardFolder, new Audit(log, () => {}), () => {});
const numbers = (log: Recorded) => log.rows.map(({ guard }) => (guard as { seq: number } | undefined)?.seq);

test('rows are numbered over restarts, and one that a crash tore spoils no other', async () => {
  await new CheckLog(guardFolder).add({ ...check, outcome: 'wrong' });
  await appendFile(join(guardFolder, 'checks.jsonl'), '{"seq":2,"at"');
  await new CheckLog(guardFolder).add({ ...check, outcome: 'right' });
  expect((await readChecks(guardFolder)).map(({ seq, outcome }) => `${seq} ${outcome}`)).toEqual([
    '1 wrong',
    '2 right',
  ]);
});

test('the controller takes each row over once, over restarts, and at once while it runs', async () => {
  const guard = new CheckLog(guardFolder);
  await guard.add({ ...check, outcome: 'wrong' });
  const log = newLog();
  const first = taking(log);
  await first.start();
  expect(numbers(log)).toEqual([1]);
  expect(log.rows[0]).toMatchObject({
    event: 'password.check',
    outcome: 'wrong',
    caller: { line: 'tty1', uid: 990 },
  });
  await guard.add({ ...check, outcome: 'right' });
  await expect.poll(() => numbers(log)).toEqual([1, 2]);
  await first.stop();
  const later = newLog();
  await taking(later).takeOver();
  expect(later.rows).toEqual([]);
});

test('rows that could not be put into the chain are kept for later', async () => {
  await new CheckLog(guardFolder).add({ ...check, outcome: 'wrong' });
  const log = newLog();
  const checks = taking(log);
  log.full = true;
  await checks.takeOver();
  log.full = false;
  await checks.takeOver();
  expect(numbers(log)).toEqual([1]);
});

test('guard’s file is bounded; what was lost before it was taken over is said', async () => {
  const guard = new CheckLog(guardFolder);
  const long = 'x'.repeat(60_000);
  for (let index = 0; index < 20; index += 1) await guard.add({ ...check, outcome: long });
  expect((await readdir(guardFolder)).sort()).toEqual(['checks.jsonl', 'checks.old.jsonl']);
  const log = newLog();
  await taking(log).takeOver();
  expect(log.rows[0]).toMatchObject({ event: 'guard.gap', missing: expect.any(Number) });
  expect(numbers(log).at(-1)).toBe(20);
});
