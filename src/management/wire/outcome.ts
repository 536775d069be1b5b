import type { Answer } from '../calls/doing.ts';
import type { Api } from '../define/api.ts';
import type { ErrorShape } from '../define/error-shape.ts';
import type { Resource } from '../define/resource.ts';
import { InventoryClasses } from './inventory-classes.ts';

/** What REST answers: a body that is undefined is none. */
export interface Shown {
  readonly code: 200 | 503;
  readonly body?: object;
}

/** What came of a job that has ended. */
type Ended = { readonly answer: Answer } | { readonly error: ErrorShape };

/** Answers by the names of REST; `isTyped`: with the classes of what is in them. */
export class RestAnswers {
  readonly #classes: InventoryClasses;

  constructor(resources: readonly Resource[]) {
    this.#classes = new InventoryClasses(resources);
  }

  answer(api: Api, answer: Answer, isTyped: boolean): Shown {
    const body = api.rest?.result === undefined ? answer : renamed(answer, api.rest.result);
    if (Object.keys(body).length === 0) return { code: 200 };
    return { code: 200, body: isTyped ? { ...body, schema: this.#classes.schemaOf(api, body) } : body };
  }

  outcome(api: Api, outcome: Ended, isTyped: boolean): Shown {
    if ('error' in outcome) return { code: 503, body: { error: outcome.error } };
    return this.answer(api, outcome.answer, isTyped);
  }
}

const renamed = (answer: Answer, result: Readonly<Record<string, string>>): Answer =>
  Object.fromEntries(Object.entries(result).map(([name, field]) => [name, answer[field]]));
