import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineAction, implement } from '../../../src/api/action.ts';
import { feature, together } from '../../../src/api/feature.ts';
import type { Executor, Plan, Step } from '../../../src/api/plan.ts';
import { Secret } from '../../../src/api/secret-text.ts';
import { same } from '../../../src/api/words.ts';

interface Open extends Step {
  readonly type: 'door.open';
}
interface Close extends Step {
  readonly type: 'door.close';
}
interface Given {
  key: Secret;
}

const move = defineAction<void>()({
  name: 'door.move',
  input: z.object({}),
  access: ['password'],
  lane: 'system',
});
const words = same('door');
const plan: Plan<Open> = { title: words, steps: [{ type: 'door.open', words }], warnings: [] };
const executor: Executor = { apply: async () => {}, undo: async () => {}, settle: async () => 'not done' };
const whole = { 'door.open': executor, 'door.close': executor };

// What the compiler finds is tested by `npm run check`: it says so where an error is expected and none is there.

test('a step that nobody carries out does not compile', () => {
  // @ts-expect-error door.close is missing
  feature<Open | Close>({ actions: [], executors: { 'door.open': executor } });
  // @ts-expect-error the plan has a step that this feature does not know
  feature<Close>({ actions: [implement(move, (_, { carryOut }) => carryOut(plan))], executors: whole });
  expect(feature<Open | Close>({ actions: [], executors: whole }).executors).toBe(whole);
});

test('a plan does not go without what its steps are given', () => {
  feature<Open, Given>({
    // @ts-expect-error the key is missing
    actions: [implement(move, (_, { carryOut }) => carryOut(plan))],
    executors: { 'door.open': executor },
  });
  const key = new Secret('key');
  const { actions } = feature<Open, Given>({
    actions: [implement(move, (_, { carryOut }) => carryOut(plan, { key }))],
    executors: { 'door.open': executor },
  });
  expect(actions.map(({ action }) => action.name)).toEqual(['door.move']);
});

test('features may share an executor; two for one type of step are a defect', () => {
  const one = feature<Open>({ actions: [], executors: { 'door.open': executor } });
  const other = feature<Open | Close>({ actions: [], executors: whole });
  expect(Object.keys(together([one, other]).executors)).toEqual(['door.open', 'door.close']);
  const second = feature<Open>({ actions: [], executors: { 'door.open': { ...executor } } });
  expect(() => together([one, second])).toThrow('two carry out steps of type door.open');
});
