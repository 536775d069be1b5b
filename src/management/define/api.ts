import { bounded, type Field, type Fields, flag, int, maybe, oneOf, text, texts, uuid } from './fields.ts';
import { inventoryOf, type Resource } from './resource.ts';

/** How REST reaches an API; paths are below `/zstack/v1`. */
export interface Rest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Empty: only the optional ones. */
  readonly path: string;
  readonly optionalPaths?: readonly string[];
  /** Key of the body that holds the parameters. */
  readonly parameterName?: string;
  /** The key of the body says which API is meant. */
  readonly isAction?: true;
  /** Names in the body, by those of the answer, where they differ; none: an empty body. */
  readonly result?: Readonly<Record<string, string>>;
}

/** What carries an API out: one of the standard ways, or code of its own. */
export type Kind = 'create' | 'update' | 'delete' | 'state' | 'query' | 'own';

export interface Api<P extends Fields = Fields> {
  /** As people call it: `CreateZone`. */
  readonly name: string;
  /** Full class of the message, and of its answer. */
  readonly message: string;
  readonly reply: string;
  readonly kind: Kind;
  readonly resource?: Resource;
  /** Answered at once; otherwise it is a job. */
  readonly sync: boolean;
  /** `false`: works without a session. */
  readonly session: boolean;
  /** No other service of such clouds has it. */
  readonly ours?: true;
  /** A user may call it for itself; its code sees to it that it is so. */
  readonly ofOneself?: true;
  readonly rest?: Rest;
  readonly params: P;
  /** Field of the answer, and the full class of what is in it where it has one. */
  readonly answers?: Readonly<Record<string, string | undefined>>;
}

/** The values of a call's parameters; what may be absent is undefined. */
export type ParamsOf<P extends Fields> = {
  readonly [K in keyof P]: P[K] extends Field<infer T, infer O>
    ? O extends true
      ? T | undefined
      : T
    : never;
};

type OwnApi<P extends Fields> = Partial<Omit<Api<P>, 'name' | 'params'>> & {
  readonly name: string;
  readonly package: string;
  readonly params: P;
};

/** An API with code of its own. A job unless `sync`. */
export function api<const P extends Fields>({ package: of, ...given }: OwnApi<P>): Api<P> {
  const sync = given.sync ?? false;
  return {
    message: `${of}.API${given.name}Msg`,
    reply: `${of}.API${given.name}${sync ? 'Reply' : 'Event'}`,
    kind: 'own',
    session: true,
    sync,
    ...given,
  };
}

type More<P extends Fields> = Partial<Api<P>> & { readonly params: P };
const action = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);
const inventory = (of: Resource) => ({ inventory: inventoryOf(of) });
const actions = (of: Resource, name: string): Rest => ({
  method: 'PUT',
  path: `${of.path}/{uuid}/actions`,
  isAction: true,
  parameterName: action(name),
});
const itself = (of: Resource) => ({ uuid: bounded(uuid(), { resource: of.vo }) });

/** What every creation takes. */
const CREATION = { resourceUuid: maybe(uuid()) };
/** What every creation takes beside its parameters, on both wires. */
export const TAGS = { systemTags: maybe(texts()), userTags: maybe(texts()) };

export const createApi = <const P extends Fields>(of: Resource, { params, ...more }: More<P>) => {
  const name = more.name ?? `Create${of.name}`;
  return api({
    name,
    package: of.package,
    kind: 'create',
    resource: of,
    rest: { method: 'POST', path: of.path, parameterName: 'params' },
    answers: inventory(of),
    params: { ...CREATION, ...params },
    ...more,
  });
};

export const updateApi = <const P extends Fields>(of: Resource, { params, ...more }: More<P>) => {
  const name = more.name ?? `Update${of.name}`;
  return api({
    name,
    package: of.package,
    kind: 'update',
    resource: of,
    rest: actions(of, name),
    answers: inventory(of),
    params: { ...itself(of), ...params },
    ...more,
  });
};

/** @param more `params.uuid`, where the uuid has other limits than that it names one of them */
export const deleteApi = (of: Resource, more: Partial<Api> = {}) =>
  api({
    name: `Delete${of.name}`,
    package: of.package,
    kind: 'delete',
    resource: of,
    rest: { method: 'DELETE', path: `${of.path}/{uuid}` },
    ...more,
    params: {
      deleteMode: bounded(maybe(text()), { default: 'Permissive' }),
      ...itself(of),
      ...more.params,
    },
  });

export const stateApi = (of: Resource, more: Partial<Api> = {}) => {
  const name = `Change${of.name}State`;
  return api({
    name,
    package: of.package,
    kind: 'state',
    resource: of,
    rest: actions(of, name),
    answers: inventory(of),
    ...more,
    params: { ...itself(of), stateEvent: oneOf(Object.keys(of.states?.events ?? {})), ...more.params },
  });
};

const DIRECTIONS = ['asc', 'desc'] as const;

/** What every query takes beside its conditions. */
export const QUERY = {
  limit: bounded(maybe(int(0)), { default: 1000 }),
  start: maybe(int(0)),
  count: bounded(maybe(flag()), { default: false }),
  groupBy: maybe(text()),
  replyWithCount: bounded(maybe(flag()), { default: false }),
  sortBy: maybe(text()),
  sortDirection: bounded(maybe(oneOf(DIRECTIONS)), { default: 'asc' }),
  fields: maybe(texts()),
};

export const queryApi = (of: Resource, more: Partial<Api> = {}) =>
  api({
    name: `Query${of.name}`,
    package: of.package,
    kind: 'query',
    resource: of,
    sync: true,
    rest: { method: 'GET', path: of.path, optionalPaths: [`${of.path}/{uuid}`] },
    answers: { inventories: inventoryOf(of) },
    ...more,
    params: QUERY,
  });
