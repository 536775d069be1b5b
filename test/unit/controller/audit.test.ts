import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Fault } from '../../../src/api/fault.ts';
import { Secret } from '../../../src/api/secret-text.ts';
import { say } from '../../../src/api/words.ts';
import { Audit } from '../../../src/controller/audit/audit.ts';
import { GENESIS, lineOf, readLine } from '../../../src/controller/audit/chain.ts';
import { AuditLog, type AuditPlaces } from '../../../src/controller/audit/log.ts';
import { verifyAudit } from '../../../src/controller/audit/verify.ts';

let folder: string;
let places: AuditPlaces;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zs-audit-'));
  places = { records: join(folder, 'records'), head: join(folder, 'head') };
});

afterEach(() => rm(folder, { recursive: true }));

async function fill(count: number, sizes?: { file: number; files: number }): Promise<void> {
  const log = new AuditLog(places, sizes);
  for (let index = 1; index <= count; index += 1) await log.append({ event: 'test', index });
  await log.close();
}

async function file(): Promise<string> {
  return join(places.records, (await readdir(places.records)).sort().at(-1) ?? '');
}

async function lines(): Promise<string[]> {
  return (await readFile(await file(), 'utf8')).split('\n').slice(0, -1);
}

const rewrite = async (rows: string[]): Promise<void> =>
  writeFile(await file(), rows.map((row) => `${row}\n`).join(''));

async function problems(): Promise<string[]> {
  return (await verifyAudit(places)).problems.map(({ record, kind }) => `${kind} at ${record}`);
}

test('an untouched chain is whole, over several runs', async () => {
  await fill(5);
  await fill(3);
  expect(await verifyAudit(places)).toEqual({ records: 8, problems: [] });
});

test('an empty place is whole', async () => {
  await mkdir(places.records, { recursive: true });
  expect(await verifyAudit(places)).toEqual({ records: 0, problems: [] });
});

test('an edited record is found, wherever it is', async () => {
  await fill(6);
  const rows = await lines();
  for (const at of [0, 2, 5]) {
    await rewrite(rows.map((row, index) => (index === at ? row.replace('"test"', '"tost"') : row)));
    expect(await problems()).toEqual([`edited at ${at + 1}`]);
  }
});

test('an edited record whose own hash was made to fit is found at the next one, or by the head', async () => {
  await fill(4);
  const rows = await lines();
  const before = JSON.parse(rows[0] ?? '');
  const forged = lineOf({ seq: 1, hash: before.hash }, 0, { event: 'forged' }).line;
  await rewrite(rows.with(1, forged));
  expect(await problems()).toEqual(['inserted at 3']);
  const third = JSON.parse(rows[2] ?? '');
  await rewrite(rows.with(3, lineOf({ seq: 3, hash: third.hash }, 0, { event: 'forged' }).line));
  expect(await problems()).toEqual(['replaced at 4']);
});

test('a removed record is found', async () => {
  await fill(5);
  await rewrite((await lines()).toSpliced(2, 1));
  expect(await problems()).toEqual(['removed at 3']);
  await fill(1);
  expect(await problems()).toEqual(['removed at 3']);
});

test('the first record removed is found', async () => {
  await fill(3);
  await rewrite((await lines()).slice(1));
  expect(await problems()).toEqual(['removed at 1']);
});

test('an inserted record is found', async () => {
  await fill(4);
  const rows = await lines();
  await rewrite(rows.toSpliced(2, 0, rows[0] ?? ''));
  expect(await problems()).toEqual(['inserted at 1', 'removed at 2']);
});

test('records cut off at the end are found, now and after more were written', async () => {
  await fill(6);
  await rewrite((await lines()).slice(0, 4));
  expect(await problems()).toEqual(['cut off at 5']);
  await fill(2);
  expect(await problems()).toEqual(['removed at 5', 'found earlier at 7']);
});

test('all records gone are found', async () => {
  await fill(3);
  await rm(await file());
  expect(await problems()).toEqual(['cut off at 1']);
  await fill(1);
  expect((await problems()).sort()).toEqual(['found earlier at 4', 'removed at 1']);
});

test('a missing head is found, now and after it was made anew', async () => {
  await fill(3);
  await rm(join(places.head, 'head.json'));
  expect(await problems()).toEqual(['no head at 3']);
  await fill(1);
  expect(await problems()).toEqual(['found earlier at 4']);
});

test('records appended by hand are found', async () => {
  await fill(2);
  const [, second] = await lines();
  let link = { seq: 2, hash: JSON.parse(second ?? '').hash };
  for (const event of ['a', 'b']) {
    const forged = lineOf(link, 0, { event });
    link = forged.link;
    await appendFile(await file(), `${forged.line}\n`);
  }
  expect(await problems()).toEqual(['inserted at 4']);
});

test('nonsense between records is found', async () => {
  await fill(3);
  await rewrite((await lines()).toSpliced(1, 0, 'nonsense'));
  expect(await problems()).toEqual(['unreadable at 2']);
});

test('a last record that a crash tore is no tampering: it is cut away and the chain goes on', async () => {
  await fill(3);
  const whole = await readFile(await file(), 'utf8');
  await appendFile(await file(), '{"hash":"00');
  expect(await problems()).toEqual([]);
  await fill(1);
  expect(await verifyAudit(places)).toEqual({ records: 4, problems: [] });
  expect((await readFile(await file(), 'utf8')).startsWith(whole)).toBe(true);
});

test('a crash between a record and the head loses nothing', async () => {
  await fill(3);
  const head = await readFile(join(places.head, 'head.json'));
  await fill(1);
  await writeFile(join(places.head, 'head.json'), head);
  expect(await problems()).toEqual([]);
  await fill(1);
  expect(await verifyAudit(places)).toEqual({ records: 5, problems: [] });
});

test('records that come at once are written together, in their order; of a batch that a crash cut short, what is there counts', async () => {
  await fill(3);
  const head = await readFile(join(places.head, 'head.json'));
  const log = new AuditLog(places);
  await Promise.all([...Array(40).keys()].map((index) => log.append({ event: 'test', index })));
  await log.close();
  const events = (await lines()).slice(3).map((line) => readLine(line)?.event);
  expect(events.map((event) => [event?.index, event?.batch])).toEqual(
    [...Array(40).keys()].map((index) => [index, 40]),
  );
  expect(await verifyAudit(places)).toEqual({ records: 43, problems: [] });
  await writeFile(join(places.head, 'head.json'), head);
  await rewrite((await lines()).slice(0, 23));
  expect(await problems()).toEqual([]);
  await fill(1);
  expect(await verifyAudit(places)).toEqual({ records: 24, problems: [] });
});

test('more records beyond the head than one batch are found', async () => {
  await fill(3);
  const head = await readFile(join(places.head, 'head.json'));
  const log = new AuditLog(places);
  await Promise.all([log.append({ event: 'a' }), log.append({ event: 'b' })]);
  await log.append({ event: 'c' });
  await log.close();
  await writeFile(join(places.head, 'head.json'), head);
  expect(await problems()).toEqual(['inserted at 6']);
});

test('a crash right after the very first record is no tampering', async () => {
  await fill(1);
  const begun = { last: GENESIS, before: GENESIS };
  await writeFile(join(places.head, 'head.json'), JSON.stringify(begun));
  expect(await problems()).toEqual([]);
  await fill(1);
  expect(await verifyAudit(places)).toEqual({ records: 2, problems: [] });
  await rm(await file());
  await writeFile(join(places.head, 'head.json'), JSON.stringify(begun));
  await fill(1);
  expect(await verifyAudit(places)).toEqual({ records: 1, problems: [] });
});

test('a crash right after a new file was begun is no tampering', async () => {
  const sizes = { file: 600, files: 4 };
  await fill(3, sizes);
  await writeFile(join(places.records, 'audit-000000000099.jsonl'), '');
  await fill(3, sizes);
  expect(await problems()).toEqual([]);
});

test('files are rotated, the oldest go, and the chain is whole all the time', async () => {
  const sizes = { file: 2000, files: 3 };
  for (let round = 0; round < 6; round += 1) {
    await fill(12, sizes);
    expect(await problems()).toEqual([]);
    expect((await readdir(places.records)).length).toBeLessThanOrEqual(3);
  }
  const names = (await readdir(places.records)).sort();
  await rm(join(places.records, names[0] ?? ''));
  expect((await problems())[0]).toMatch(/^removed/);
});

test('a whole file removed from the middle is found', async () => {
  await fill(30, { file: 2000, files: 9 });
  const names = (await readdir(places.records)).sort();
  await rm(join(places.records, names[1] ?? ''));
  expect(await problems()).toEqual([expect.stringMatching(/^removed/)]);
});

const caller = { uid: 0, pid: 1, line: 'tty1', program: 'console' };

test('a change is recorded before and after; secrets are masked', async () => {
  const audit = new Audit(new AuditLog(places), () => {});
  const finish = await audit.change(caller, 'a.b', { password: new Secret('tr0ub4dor'), name: 'x' });
  expect((await lines()).at(-1)).toContain('change.begun');
  await finish(Promise.resolve(1));
  const failure = new Fault('failed', say('it broke', '坏了'));
  await expect((await audit.change(caller, 'a.b', {}))(Promise.reject(failure))).rejects.toBe(failure);
  await audit.close('end');
  const text = (await lines()).join('\n');
  expect(text).not.toContain('tr0ub4dor');
  expect(text).toContain('"{\\"password\\":\\"***\\",\\"name\\":\\"x\\"}"');
  expect(text).toContain('"outcome":"failed","words":"it broke"');
});

test('looks are counted, not written one by one', async () => {
  const audit = new Audit(new AuditLog(places), () => {});
  for (let index = 0; index < 10_000; index += 1) audit.count('look');
  await audit.close('end');
  expect(await lines()).toHaveLength(2);
  expect((await lines())[0]).toContain('"counts":{"look":10000}');
});

test('a change that cannot be recorded is refused with the reason; a reading is answered', async () => {
  await writeFile(places.records, 'in the way');
  let told = 0;
  const audit = new Audit(new AuditLog(places), () => {
    told += 1;
  });
  await expect(audit.change(caller, 'a.b', {})).rejects.toMatchObject({ kind: 'unavailable' });
  expect(await audit.read(caller, 'a.c', {})(Promise.resolve(7))).toBe(7);
  expect(audit.trouble).toBeDefined();
  expect(told).toBe(1);
  await rm(places.records);
  await (await audit.change(caller, 'a.b', {}))(Promise.resolve());
  expect(audit.trouble).toBeUndefined();
  expect(await problems()).toEqual([]);
});

test('a disk that takes only half a record: nothing is added, and the next one fits', async () => {
  await fill(2);
  const half = lineOf({ seq: 2, hash: GENESIS.hash }, 0, { event: 'x' }).line.slice(0, 40);
  await appendFile(await file(), half);
  await fill(1);
  expect(await verifyAudit(places)).toEqual({ records: 3, problems: [] });
  await truncate(await file(), 0);
  expect(await problems()).toEqual(['cut off at 1']);
});
