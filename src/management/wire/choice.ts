import { isObject } from './envelope.ts';
import type { Found, Routed } from './routes.ts';

/** Why none of a path's APIs is meant. */
export interface None {
  readonly code: 400 | 404 | 405;
  readonly why: string;
}

/** The one API of a path that a request means: by its method, of several actions by the key of the body. */
export function chosen<R extends Routed>(
  found: readonly Found<R>[],
  method: string,
  body: unknown,
): Found<R> | None {
  if (found.length === 0) return { code: 404, why: 'no API at this path' };
  const [only] = found;
  const byMethod = found.filter(({ of }) => of.rest?.method === method);
  // Log-in by POST is used in the field.
  const isLoose = byMethod.length === 0 && found.length === 1 && method === 'POST' && only?.of.rest?.isAction;
  const rest = isLoose ? found : byMethod;
  const plain = rest.find(({ of }) => !of.rest?.isAction);
  if (rest.length === 0) return { code: 405, why: `${method} does nothing at this path` };
  return plain ?? byAction(rest, body);
}

function byAction<R extends Routed>(found: readonly Found<R>[], body: unknown): Found<R> | None {
  const keys = isObject(body) ? Object.keys(body) : [];
  const names = found.map(({ of }) => of.rest?.parameterName ?? '');
  const meant = found.find(({ of }) => keys.includes(of.rest?.parameterName ?? ''));
  return meant ?? { code: 400, why: `the body has none of the actions ${names.join(', ')}` };
}
