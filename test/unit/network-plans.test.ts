import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Fault } from '../../src/api/fault.ts';
import type { Edit } from '../../src/node/network/change/plan/wanted.ts';
import { planEdit } from '../../src/node/network/change/plan.ts';
import { change } from '../../src/node/network/change/schema.ts';

const root = new URL('../fixtures/plans/', import.meta.url).pathname;
const folders = readdirSync(root).sort();

/** Number that the kept state would get, in all folders. */
const ID = 7;

const load = (folder: string, file: string) => JSON.parse(readFileSync(join(root, folder, file), 'utf8'));

function planOf(folder: string): unknown {
  const wanted = change.parse(load(folder, 'wanted.json')) as Edit;
  try {
    return planEdit(load(folder, 'current.json'), wanted, ID);
  } catch (thrown) {
    if (thrown instanceof Fault) return { fault: thrown.toRecord() };
    throw thrown;
  }
}

test('there are plans enough', () => expect(folders.length).toBeGreaterThanOrEqual(40));

test.each(folders)('plan %s', (folder) => {
  expect(JSON.parse(JSON.stringify(planOf(folder)))).toEqual(load(folder, 'steps.json'));
});

test('planning for 200 links takes at most 20 ms', () => {
  const off = { method: 'disabled' as const, addresses: [], dns: [], routes: [] };
  const links = Array.from({ length: 200 }, (_, at) => ({
    name: `em${at}`,
    kind: 'physical' as const,
    uuid: `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`,
    mac: `52:54:00:00:00:${at.toString(16).padStart(2, '0')}`,
    ipv4: off,
    ipv6: off,
    managed: true,
    present: true,
    active: true,
    carrier: true,
    addresses: [],
  }));
  const wanted = change.parse({
    kind: 'createBond',
    name: 'bond0',
    mode: '4',
    members: ['em3', 'em4'],
  }) as Edit;
  planEdit({ links }, wanted, ID);
  const start = performance.now();
  for (let round = 0; round < 10; round++) planEdit({ links }, wanted, ID);
  expect((performance.now() - start) / 10).toBeLessThan(20);
});
