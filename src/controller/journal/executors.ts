import type { Feature } from '../../api/feature.ts';
import type { Executor, Plan, Step } from '../../api/plan.ts';

/** Who carries out which type of step. */
export type Executors = Feature['executors'];

/** Throws for a type that nobody carries out: a defect of ours, or a file of another version. */
export function executorOf(executors: Executors, step: Step): Executor {
  const executor = Object.hasOwn(executors, step.type) ? executors[step.type] : undefined;
  if (executor === undefined) throw new Error(`nobody carries out steps of type ${step.type}`);
  return executor;
}

export function stepOf(plan: Plan, index: number): Step {
  const step = plan.steps[index];
  if (step === undefined) throw new Error(`the plan has no step ${index}`);
  return step;
}
