import { createHash } from 'node:crypto';
import { Fault } from '../api/fault.ts';
import type { Plan, ShownPlan } from '../api/plan.ts';
import { say } from '../api/words.ts';
import { type Executors, executorOf } from './journal/executors.ts';

/** The plan with its digest: SHA-256 of all that is shown of it and all that its steps will do. */
export function shown<P extends Plan>(plan: P, executors: Executors): P & ShownPlan {
  const { title, warnings } = plan;
  const steps = plan.steps.map((step) => executorOf(executors, step).compared?.(step) ?? step);
  const text = JSON.stringify({ title, warnings, steps }, inOrder);
  return { ...plan, digest: createHash('sha256').update(text).digest('hex') };
}

/** By their names: the same plan, built in another order, is the same. */
function inOrder(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** What the caller of one action was shown, and so what may be made for it. */
export class Agreement {
  readonly #executors: Executors;
  #seen: string | undefined;

  /** @param seen digest of the plan that was shown; undefined: none was, and whatever is planned now may be made */
  constructor(executors: Executors, seen: string | undefined) {
    this.#executors = executors;
    this.#seen = seen;
  }

  /** A plan was shown, and none has been compared with it yet. */
  get open(): boolean {
    return this.#seen !== undefined;
  }

  /** Once a plan was the one that was shown, its parts may be made one by one. @throws Fault conflict with the plan of now */
  check(plan: Plan): void {
    if (this.#seen === undefined) return;
    const now = shown(plan, this.#executors);
    if (now.digest !== this.#seen) throw moved(now);
    this.#seen = undefined;
  }
}

const moved = (plan: ShownPlan): Fault =>
  new Fault('conflict', say('the node changed meanwhile: look again', '节点在此期间有变化：请重新确认'), {
    plan,
  });
