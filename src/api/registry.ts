import type { z } from 'zod';
import type { Action, AnyImplementation } from './action.ts';
import { Fault } from './fault.ts';
import { issueWords } from './issue-words.ts';
import { say } from './words.ts';

/** The actions a program can carry out, by name. */
export class Registry {
  readonly #byName = new Map<string, AnyImplementation>();

  constructor(implementations: readonly AnyImplementation[]) {
    for (const implementation of implementations) this.#add(implementation);
  }

  #add(implementation: AnyImplementation): void {
    const { name } = implementation.action;
    if (this.#byName.has(name)) throw new Error(`two implementations of ${name}`);
    this.#byName.set(name, implementation);
  }

  /** What can be asked for. */
  get actions(): Action[] {
    return [...this.#byName.values()].map(({ action }) => action);
  }

  find(name: string): AnyImplementation {
    const found = this.#byName.get(name);
    if (found !== undefined) return found;
    throw new Fault('notFound', say(`there is no action ${name}`, `没有操作 ${name}`));
  }
}

/** The input as the action's schema makes it. Throws `usage` that names the first wrong field. */
export function parseInput(action: Action, input: unknown): unknown {
  const result = action.input.safeParse(input ?? {});
  if (result.success) return result.data;
  throw usage(result.error.issues[0]);
}

function usage(issue: z.core.$ZodIssue | undefined): Fault {
  const field = issue?.path.join('.') ?? '';
  const words = issueWords(issue);
  if (field === '') return new Fault('usage', say(`wrong input: ${words.en}`, `输入有误：${words.zh}`));
  return new Fault('usage', say(`${field}: ${words.en}`, `${field}：${words.zh}`), { field });
}
