import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../../system/log.ts';
import type { Calls } from '../calls/calls.ts';
import type { Answer, Caller, Served } from '../calls/doing.ts';
import type { Api } from '../define/api.ts';
import { errorOf } from '../define/error-shape.ts';
import { knownMessages } from '../define/known.ts';
import { notYet } from '../define/refusal.ts';
import { ApiJobs } from './api-jobs.ts';
import { chosen, type None } from './choice.ts';
import { callerOf, parsed, plain } from './envelope.ts';
import { RestAnswers } from './outcome.ts';
import { answered, BASE, failed, header, isTyped, sessionIn } from './rest-request.ts';
import { type Given, inBody, inQuery, withMaps } from './rest-values.ts';
import { type Found, Routes } from './routes.ts';
import { webHookText } from './web-hook.ts';

interface Entry extends Pick<Api, 'name'>, Partial<Pick<Api, 'rest'>> {
  /** Absent: this version does not serve it. */
  readonly served?: Served;
}

/** The wire of the SDKs: paths and methods. */
export class RestWire {
  readonly #calls: Calls;
  readonly #log: Log;
  readonly #routes: Routes<Entry>;
  readonly #answers: RestAnswers;

  constructor(calls: Calls, log: Log) {
    this.#calls = calls;
    this.#log = log;
    const { apis, resources } = calls.catalogue;
    this.#answers = new RestAnswers(resources);
    const served = [...apis.values()].map((each) => ({ ...each.api, served: each }));
    const others = knownMessages().filter(({ message }) => !apis.has(message));
    this.#routes = new Routes<Entry>([...served, ...others]);
  }

  register(http: FastifyInstance): void {
    new ApiJobs(this.#calls, this.#log).register(http);
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
    const session = sessionIn(request, api.session);
    if (typeof session === 'object') return refusedText(reply, session);
    return this.#call(served, givenTo(api, body, request, choice.values), session, request, reply);
  }

  async #call(
    served: Served,
    given: Given,
    session: string | undefined,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    try {
      const caller = callerOf(request);
      const call = {
        ...{ served, session, caller, ...given },
        ...{ job: header(request, 'x-job-uuid'), hook: hookOf(request, caller) },
      };
      const result = await this.#calls.call(call);
      if ('answer' in result) return this.#answer(served.api, result.answer, request, reply);
      const location = `${request.protocol}://${request.host}${BASE}/api-jobs/${result.job}`;
      return reply.code(202).send({ location });
    } catch (thrown) {
      return failed(reply, thrown, this.#log);
    }
  }

  #answer(api: Api, answer: Answer, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const isSchema = api.kind === 'query' || isTyped(request);
    return answered(reply, this.#answers.answer(api, answer, isSchema));
  }
}

const refusedText = (reply: FastifyReply, { code, why }: None): FastifyReply => plain(reply, code, why);

/** The words of a path below the base; the server refuses those that cannot be read. */
const wordsOf = (url: string): string[] => {
  const [path = ''] = url.slice(BASE.length + 1).split('?');
  return path.replace(/\/$/, '').split('/').map(decodeURIComponent);
};

/** What a request gives; the values of its path win. */
function givenTo(api: Api, body: unknown, { query }: FastifyRequest, inPath: Found<Entry>['values']): Given {
  const values = query as Record<string, unknown>;
  if (api.kind === 'query') return inQuery(values, inPath.uuid);
  const { rest } = api;
  const hasBody = rest?.method === 'POST' || rest?.method === 'PUT';
  return { values: { ...(hasBody ? inBody(rest, body) : withMaps(values)), ...inPath } };
}

function hookOf(request: FastifyRequest, { isHere }: Caller): string | undefined {
  const url = header(request, 'x-web-hook');
  return url === undefined ? undefined : webHookText(url, isHere, isTyped(request));
}
