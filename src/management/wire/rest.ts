import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import type { Log } from '../../system/log.ts';
import type { Calls } from '../calls/calls.ts';
import { WrongType } from '../calls/coerce.ts';
import type { Answer, Served } from '../calls/doing.ts';
import type { Api } from '../define/api.ts';
import { errorOf } from '../define/error-shape.ts';
import { knownMessages } from '../define/known.ts';
import { notYet } from '../define/refusal.ts';
import { chosen, type None } from './choice.ts';
import { callerOf, parsed, plain, toldFault } from './envelope.ts';
import { InventoryClasses } from './inventory-classes.ts';
import { type Given, inBody, inQuery, withMaps } from './rest-values.ts';
import { type Found, Routes } from './routes.ts';

const BASE = '/zstack/v1';

interface Entry extends Pick<Api, 'name'>, Partial<Pick<Api, 'rest'>> {
  /** Absent: this version does not serve it. */
  readonly served?: Served;
}

/** The wire of the SDKs: paths and methods. */
export class RestWire {
  readonly #calls: Calls;
  readonly #log: Log;
  readonly #routes: Routes<Entry>;
  readonly #classes: InventoryClasses;

  constructor(calls: Calls, log: Log) {
    this.#calls = calls;
    this.#log = log;
    const { apis, resources } = calls.catalogue;
    this.#classes = new InventoryClasses(resources);
    const served = [...apis.values()].map((each) => ({ ...each.api, served: each }));
    const others = knownMessages().filter(({ message }) => !apis.has(message));
    this.#routes = new Routes<Entry>([...served, ...others]);
  }

  register(http: FastifyInstance): void {
    http.get(`${BASE}/api-jobs/:uuid`, (request, reply) => this.#job(request, reply));
    http.all(`${BASE}/*`, (request, reply) => this.#request(request, reply));
  }

  async #request(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const text = String(request.body ?? '');
    const body = text === '' ? undefined : parsed(text);
    if (text !== '' && body === undefined) return plain(reply, 400, 'the body is no JSON');
    const choice = chosen(this.#routes.at(wordsOf(request.url)), request.method, body);
    if ('code' in choice) return refusedText(reply, choice);
    const { served, name } = choice.of;
    if (served === undefined) return reply.code(503).send({ error: errorOf(notYet(name)) });
    const { api } = served;
    const authorization = request.headers.authorization;
    if (api.session && authorization === undefined)
      return plain(reply, 400, "missing header 'Authorization'");
    const session = /^OAuth\s+(\S+)\s*$/.exec(authorization ?? '')?.[1];
    if (authorization !== undefined && session === undefined)
      return plain(reply, 400, "header 'Authorization' must be of type OAuth");
    return this.#call(served, givenTo(api, body, request, choice.values), session, request, reply);
  }

  async #call(
    served: Served,
    given: Given,
    session: string | undefined,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    const call = {
      ...{ served, session, caller: callerOf(request), ...given },
      job: header(request, 'x-job-uuid'),
    };
    try {
      const result = await this.#calls.call(call);
      if ('answer' in result) return this.#answer(served.api, result.answer, request, reply);
      const location = `${request.protocol}://${request.host}${BASE}/api-jobs/${result.job}`;
      return reply.code(202).send({ location });
    } catch (thrown) {
      return this.#fault(thrown, reply);
    }
  }

  #answer(api: Api, answer: Answer, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const shown = api.rest?.result === undefined ? answer : renamed(answer, api.rest.result);
    if (Object.keys(shown).length === 0) return reply.send();
    const isWanted = api.kind === 'query' || header(request, 'x-json-schema') === 'true';
    return reply.send(isWanted ? { ...shown, schema: this.#classes.schemaOf(api, shown) } : shown);
  }

  #fault(thrown: unknown, reply: FastifyReply): FastifyReply {
    const fault =
      thrown instanceof WrongType
        ? new Fault('usage', say(thrown.message, thrown.message))
        : toldFault(thrown, this.#log);
    return reply.code(503).send({ error: errorOf(fault) });
  }

  async #job(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { uuid } = request.params as { uuid: string };
    if (!/^[0-9a-f]{32}$/i.test(uuid)) return plain(reply, 400, 'a job has a uuid of 32 hex digits');
    const found = await this.#calls.jobs.outcome(uuid);
    const served = this.#calls.catalogue.apis.get(found?.row.api ?? '');
    if (found === undefined || served === undefined)
      return plain(reply, 404, 'no such job, or it is too old');
    const { outcome } = found;
    if ('running' in outcome) return reply.code(202).send();
    if ('error' in outcome) return reply.code(503).send(outcome);
    return this.#answer(served.api, outcome.answer, request, reply);
  }
}

const refusedText = (reply: FastifyReply, { code, why }: None): FastifyReply => plain(reply, code, why);

/** The words of a path below the base; the server refuses those that cannot be read. */
const wordsOf = (url: string): string[] => {
  const [path = ''] = url.slice(BASE.length + 1).split('?');
  return path.replace(/\/$/, '').split('/').map(decodeURIComponent);
};

function header({ headers }: FastifyRequest, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** What a request gives; the values of its path win. */
function givenTo(api: Api, body: unknown, { query }: FastifyRequest, inPath: Found<Entry>['values']): Given {
  const values = query as Record<string, unknown>;
  if (api.kind === 'query') return inQuery(values, inPath.uuid);
  const { rest } = api;
  const hasBody = rest?.method === 'POST' || rest?.method === 'PUT';
  return { values: { ...(hasBody ? inBody(rest, body) : withMaps(values)), ...inPath } };
}

const renamed = (answer: Answer, result: Readonly<Record<string, string>>): Answer =>
  Object.fromEntries(Object.entries(result).map(([name, field]) => [name, answer[field]]));
