import type { Kysely } from 'kysely';
import { Fault } from '../../api/fault.ts';
import { Secret } from '../../api/secret-text.ts';
import { same, say } from '../../api/words.ts';
import type { Api, ParamsOf } from '../define/api.ts';
import { TAGS } from '../define/api.ts';
import { errorOf } from '../define/error-shape.ts';
import { type Field, type Fields, long, maybe } from '../define/fields.ts';
import { badField, notThere, Refusal, sessionExpired } from '../define/refusal.ts';
import type { Asked, Jobs } from '../jobs/jobs.ts';
import type { RecordJob } from '../jobs/outcome.ts';
import { conditionsOf } from '../store/conditions.ts';
import { Rows } from '../store/load.ts';
import { aboutWhat, recordOf } from './audited.ts';
import { checked, checkNewUuid } from './check.ts';
import { coerce } from './coerce.ts';
import {
  type Answer,
  type Caller,
  type Catalogue,
  type Doing,
  newUuid,
  type Served,
  type Session,
} from './doing.ts';
import { checkOwners, isUser, mayCall, notAllowed, rightFor } from './rights.ts';

/** One call as a wire hands it over; values are as they came. */
export interface Call {
  readonly served: Served;
  readonly values: Readonly<Record<string, unknown>>;
  readonly conditions?: unknown;
  /** Uuid of the session; undefined when none was given. */
  readonly session: string | undefined;
  readonly caller: Caller;
  /** Uuid for the job, where the client chooses it. */
  readonly job?: string | undefined;
  /** Whom the wire is to tell how the job ended. */
  readonly hook?: string | undefined;
}

export type Result = { readonly answer: Answer } | { readonly job: string };

/** Answers the session of a uuid, or undefined when it is unknown or has expired. */
export type FindSession = (rows: Rows, uuid: string) => Promise<Session | undefined>;

const NOTHING: Answer = {};
/** Milliseconds that a job may take, beside the parameters of any call. */
const TIMEOUT = maybe(long());

/** What both wires ask: checks a call, and carries it out at once or as a job. */
export class Calls {
  readonly catalogue: Catalogue;
  readonly jobs: Jobs;
  readonly #database: Kysely<object>;
  readonly #rows: Rows;
  readonly #findSession: FindSession;

  constructor(database: Kysely<object>, catalogue: Catalogue, findSession: FindSession, jobs: Jobs) {
    this.#database = database;
    this.#rows = new Rows(database);
    this.catalogue = catalogue;
    this.#findSession = findSession;
    this.jobs = jobs;
  }

  /** Throws a Fault when the call is wrong: nothing was written then. Throws `WrongType` for unreadable values. */
  async call(call: Call): Promise<Result> {
    const { api } = call.served;
    const values = readable(api, call.values);
    const session = await this.#session(api, call.session);
    const params = this.#params(api, values);
    const conditions = conditionsOf(call.conditions);
    const asked = api.sync ? undefined : jobOf(call, session);
    const doing = {
      database: this.#database,
      rows: this.#rows,
      now: Date.now(),
      ...{ caller: call.caller, session, conditions, catalogue: this.catalogue },
    };
    try {
      await this.#mustBeAllowed(api, session);
      if (!(await this.#allThere(api, params))) return this.#already(asked);
      await checkOwners(doing, api, params);
    } catch (thrown) {
      if (asked !== undefined && thrown instanceof Refusal && thrown.code === 'ID.1002')
        await this.#record(asked.uuid, doing, api, params)(this.#database, { error: errorOf(thrown) });
      throw thrown;
    }
    if (asked === undefined) return { answer: await call.served.run(doing, params) };
    await this.#begin(call.served, asked, doing, params);
    return { job: asked.uuid };
  }

  /** A job that the service begins by itself, and that no account asked for; answers its uuid. */
  async own(message: string, values: Readonly<Record<string, unknown>>): Promise<string> {
    const served = this.catalogue.apis.get(message);
    if (served === undefined) throw new Fault('internal', same(`there is no ${message}`));
    const asked = { uuid: newUuid(), api: message };
    const doing = {
      ...{ database: this.#database, rows: this.#rows, now: Date.now() },
      ...{ caller: { address: '', isHere: true }, session: undefined, conditions: [] },
      catalogue: this.catalogue,
    };
    await this.#begin(served, asked, doing, this.#params(served.api, values));
    return asked.uuid;
  }

  async #begin(
    { api, flow, run }: Served,
    asked: Asked,
    doing: Doing,
    params: ParamsOf<Fields>,
  ): Promise<void> {
    const work = (database: Kysely<object>) => run({ ...doing, database }, params);
    const recorded = { ...asked, record: this.#record(asked.uuid, doing, api, params) };
    if (flow === undefined) await this.jobs.once(recorded, work);
    else await this.jobs.start(recorded, flow, work);
  }

  /** Throws ID.1002. */
  async #mustBeAllowed(api: Api, session: Session | undefined): Promise<void> {
    if (!api.session || session === undefined || mayCall(session, api)) return;
    const { access } = this.catalogue;
    const isGranted = rightFor(api) === undefined && !isUser(session);
    if (!(isGranted && (await access.isGranted(this.#database, api.message)))) throw notAllowed(api.name);
  }

  #record(uuid: string, { session, caller, now }: Doing, api: Api, parameters: ParamsOf<Fields>): RecordJob {
    return recordOf(this.catalogue.auditing, {
      ...{ uuid, apiName: api.name, session, clientAddress: caller.address, createDate: now },
      ...{ resourceUuid: aboutWhat(api, parameters), parameters },
    });
  }

  /** Cancels a job of the session's account. False: it runs no longer; undefined: there is none. Throws ID.1001, 1002. */
  async cancel(uuid: string, session: string | undefined): Promise<boolean | undefined> {
    const { accountUuid, isAdmin } = await this.#needed(session);
    const found = await this.jobs.outcome(uuid);
    if (found === undefined) return undefined;
    if (!isAdmin && found.row.account !== accountUuid) throw notYours(uuid);
    return this.jobs.cancel(uuid);
  }

  /** The session comes first: strangers are not told which uuids exist. */
  async #session({ session: needed }: Api, given: string | undefined): Promise<Session | undefined> {
    if (needed) return this.#needed(given);
    return given === undefined ? undefined : this.#findSession(this.#rows, given);
  }

  async #needed(given: string | undefined): Promise<Session> {
    const session = given === undefined ? undefined : await this.#findSession(this.#rows, given);
    if (session === undefined) throw sessionExpired();
    return session;
  }

  #params(api: Api, values: Readonly<Record<string, unknown>>): ParamsOf<Fields> {
    const params: Record<string, unknown> = {};
    for (const [name, field] of accepted(api)) {
      const value = checked(name, field, values[name]);
      params[name] = field.secret && typeof value === 'string' ? new Secret(value) : value;
    }
    if (typeof params.resourceUuid === 'string') checkNewUuid('resourceUuid', params.resourceUuid);
    return params;
  }

  /** Whether what the parameters name exists; false when it may be gone and is. Throws SYS.1003. */
  async #allThere({ params: fields }: Api, params: ParamsOf<Fields>): Promise<boolean> {
    for (const [name, { resource, okIfGone }] of Object.entries(fields)) {
      const value = params[name];
      if (resource === undefined || value === undefined) continue;
      const gone = await this.#missing(resource, [value].flat().map(String));
      if (gone === undefined) continue;
      if (okIfGone) return false;
      throw notThere(resource, gone);
    }
    return true;
  }

  async #missing(vo: string, uuids: readonly string[]): Promise<string | undefined> {
    const there = await Promise.all(uuids.map((uuid) => this.#exists(vo, uuid)));
    return uuids.find((_, at) => !there[at]);
  }

  async #exists(vo: string, uuid: string): Promise<boolean> {
    const of = this.catalogue.resources.find((resource) => resource.vo === vo);
    return of !== undefined && (await this.#rows.byUuid(of, uuid)) !== undefined;
  }

  /** Done before it began. */
  async #already(asked: Asked | undefined): Promise<Result> {
    if (asked === undefined) return { answer: NOTHING };
    await this.jobs.once(asked, async () => NOTHING);
    return { job: asked.uuid };
  }
}

type Accepted = readonly (readonly [string, Field])[];
const acceptedBy = new WeakMap<Api, Accepted>();

/** Parameters of an API with those that all creations take. */
function accepted(api: Api): Accepted {
  const known = acceptedBy.get(api);
  if (known !== undefined) return known;
  const { kind, params } = api;
  const entries = Object.entries(kind === 'create' ? { ...params, ...TAGS } : params);
  acceptedBy.set(api, entries);
  return entries;
}

function readable(api: Api, raw: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const given = accepted(api).filter(([name]) => Object.hasOwn(raw, name));
  return Object.fromEntries(given.map(([name, field]) => [name, coerce(name, field, raw[name])]));
}

/** The job of a call. Throws for a uuid or a timeout that is none. */
function jobOf({ served, values, job, hook }: Call, session: Session | undefined): Asked {
  const timeout = Number(coerce('timeout', TIMEOUT, values.timeout) ?? 0);
  return {
    ...{ uuid: jobUuid(job), api: served.api.message, account: session?.accountUuid, hook },
    // Clients write -1 for none.
    timeout: timeout > 0 ? timeout : undefined,
  };
}

const notYours = (uuid: string): Fault =>
  new Fault('refused', say(`job ${uuid} is of another account`, `任务 ${uuid} 属于其他账户`));

/** The job's uuid: the client's, or a new one. Throws `usage`. */
function jobUuid(given: string | undefined): string {
  if (given === undefined) return newUuid();
  if (!/^[0-9a-f]{32}$/i.test(given))
    throw badField('X-Job-UUID', say('is not 32 hex digits', '不是 32 位十六进制'));
  return given;
}
