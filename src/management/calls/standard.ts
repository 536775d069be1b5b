import type { Api } from '../define/api.ts';
import type { Resource } from '../define/resource.ts';
import { query } from './ask.ts';
import { create, state, update } from './change.ts';
import { type Served, serves } from './doing.ts';
import { remove } from './remove.ts';

const WAYS = { create, update, delete: remove, state, query };

/** An API that is carried out in the standard way of its kind. */
export function standard(api: Api): Served {
  const { kind, resource } = api;
  if (kind === 'own' || resource === undefined) throw new Error(`${api.name} has no standard way`);
  return serves(api, WAYS[kind](resource as Resource));
}
