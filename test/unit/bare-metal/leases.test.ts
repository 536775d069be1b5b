import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readLeases } from '../../../src/node/bare-metal/leases.ts';
import { leasesIn } from '../../../src/node/bare-metal/plan/leases.ts';

const GOOD = '4000000000 52:54:00:00:00:01 192.0.2.1 * *\n';
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'leases-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('of leases, those that have ended and what is none are left out', () => {
  const text = `100 52:54:00:00:00:01 192.0.2.1 * *
201 52:54:00:00:00:02 192.0.2.2 node-2 01:52:54:00:00:00:02
201 52:54:00:00:00:03 fd00::3 * *
201 52:54:00:00:00:04 \x1b[2J * *
x 52:54:00:00:00:05 192.0.2.5 * *
duid 00:01
201`;
  expect([...leasesIn(text, 200_000)]).toEqual([['52:54:00:00:00:02', '192.0.2.2']]);
});

test('what another puts in the place of the file is not read, and nobody waits for it', async () => {
  const file = join(folder, 'leases');
  expect((await readLeases(folder)).size).toBe(0);
  execFileSync('mkfifo', [file]);
  expect((await readLeases(folder)).size).toBe(0);
  rmSync(file);
  writeFileSync(join(folder, 'other'), GOOD);
  symlinkSync(join(folder, 'other'), file);
  expect((await readLeases(folder)).size).toBe(0);
  rmSync(file);
  writeFileSync(file, GOOD.repeat(30_000));
  expect((await readLeases(folder)).size).toBe(0);
  writeFileSync(file, GOOD);
  expect([...(await readLeases(folder))]).toEqual([['52:54:00:00:00:01', '192.0.2.1']]);
});
