import { expect, test } from 'vitest';
import { Fault } from '../../src/api/fault.ts';
import type { ShownPlan } from '../../src/api/plan.ts';
import { same } from '../../src/api/words.ts';
import { asShown } from '../../src/cli/as-shown.ts';

const plan = (digest: string): ShownPlan => ({ title: same(digest), steps: [], warnings: [], digest });
const moved = (to: string) => new Fault('conflict', same('moved'), { plan: plan(to) });

test('a script goes on with the plan of now, and knows which one was made', async () => {
  const asked: string[] = [];
  const made = await asShown(plan('one'), async ({ digest }) => {
    asked.push(digest);
    if (digest === 'one') throw moved('two');
    return true;
  });
  expect([made?.digest, asked]).toEqual(['two', ['one', 'two']]);
});

test('not for ever, and for nothing but a plan that is another one', async () => {
  let tries = 0;
  const ever = asShown(plan('0'), async () => {
    tries += 1;
    throw moved(String(tries));
  });
  await expect(ever).rejects.toMatchObject({ kind: 'conflict' });
  expect(tries).toBe(5);
  const other = new Fault('conflict', same('busy'));
  await expect(asShown(plan('0'), () => Promise.reject(other))).rejects.toBe(other);
});

test('nothing is made that nobody wants', async () => {
  expect(await asShown(plan('one'), async () => false)).toBeUndefined();
});
