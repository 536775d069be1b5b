import { expect, test } from 'vitest';
import { Fault } from '../../../src/api/fault.ts';
import { type Executor, type Plan, type Step, withoutId } from '../../../src/api/plan.ts';
import { same } from '../../../src/api/words.ts';
import { Agreement, shown } from '../../../src/controller/agreement.ts';

interface Put extends Step {
  id?: string;
  on?: object;
}

const put: Executor = { apply: async () => {}, undo: async () => {}, settle: async () => 'not done' };
const executors = { put, numbered: { ...put, compared: withoutId } };
const planOf = (step: Partial<Put> = {}, more: Partial<Plan> = {}): Plan => ({
  title: same('put'),
  steps: [{ type: 'put', words: same('put it'), ...step }],
  warnings: [same('careful')],
  ...more,
});
const digestOf = (plan: Plan) => shown(plan, executors).digest;

test('the digest is of what is shown and of what is done, in whatever order it was put together', () => {
  const one = planOf({ on: { a: 1, b: [{ c: 1, d: 2 }] } });
  expect(digestOf(planOf({ on: { b: [{ d: 2, c: 1 }], a: 1 } }))).toBe(digestOf(one));
  const others = [
    planOf({ on: { a: 2, b: [{ c: 1, d: 2 }] } }),
    planOf({ on: { a: 1, b: [{ c: 1, d: 2 }] } }, { warnings: [] }),
    planOf({ on: { a: 1, b: [{ c: 1, d: 2 }] } }, { title: same('take') }),
    planOf({ on: { a: 1, b: [{ c: 1, d: 2 }] }, words: same('put it elsewhere') }),
    planOf({ on: { a: 1, b: [{ c: 1, d: 2 }] } }, { steps: [] }),
  ];
  expect(new Set([one, ...others].map(digestOf)).size).toBe(6);
});

test('what each planning makes up anew is no difference where its executor says so', () => {
  const of = (type: string) => [planOf({ type, id: '1' }), planOf({ type, id: '2' })].map(digestOf);
  expect(new Set(of('numbered')).size).toBe(1);
  expect(new Set(of('put')).size).toBe(2);
});

test('another plan than the one that was shown is a conflict that brings it along', () => {
  const agreement = new Agreement(executors, digestOf(planOf()));
  const other = planOf({ on: { a: 1 } });
  const fault = (() => {
    try {
      return agreement.check(other);
    } catch (thrown) {
      return Fault.fromRecord(JSON.parse(JSON.stringify(Fault.from(thrown).toRecord())));
    }
  })();
  expect(fault).toMatchObject({ kind: 'conflict', plan: { ...other, digest: digestOf(other) } });
  expect(agreement.open).toBe(true);
  agreement.check(planOf());
  // From now on its parts, one by one.
  agreement.check(other);
});

test('who was shown nothing gets what is planned now', () => {
  const agreement = new Agreement(executors, undefined);
  agreement.check(planOf());
  expect(agreement.open).toBe(false);
});
