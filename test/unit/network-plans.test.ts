import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Fault } from '../../src/api/fault.ts';
import type { Edit } from '../../src/node/network/change/plan/wanted.ts';
import { planEdit } from '../../src/node/network/change/plan.ts';
import { change } from '../../src/node/network/change/schema/change.ts';

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
