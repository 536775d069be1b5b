import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../../system/log.ts';
import type { Calls } from '../calls/calls.ts';
import { WrongType } from '../calls/coerce.ts';
import { dateText } from '../calls/dates.ts';
import type { Answer, Served } from '../calls/doing.ts';
import { type ErrorShape, errorOf } from '../define/error-shape.ts';
import { type Known, knownMessages } from '../define/known.ts';
import { notYet } from '../define/refusal.ts';
import { callerOf, isObject, parsed, plain, toldFault } from './envelope.ts';

/** The wire of the older clients: one address, a message's class and its fields in the body. */
export class Rpc {
  readonly #calls: Calls;
  readonly #log: Log;
  readonly #known = new Map(knownMessages().map((each) => [each.message, each]));

  constructor(calls: Calls, log: Log) {
    this.#calls = calls;
    this.#log = log;
  }

  register(http: FastifyInstance): void {
    for (const url of ['/zstack/api', '/zstack/api/'])
      http.route({
        method: ['POST', 'PUT'],
        url,
        handler: (request, reply) => this.#message(request, reply),
      });
    http.get('/zstack/api/result/:uuid', (request, reply) => this.#result(request, reply));
  }

  async #message(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const body = parsed(String(request.body ?? ''));
    const [entry, ...others] = isObject(body) ? Object.entries(body) : [];
    if (entry === undefined || others.length > 0)
      return plain(reply, 200, 'the body is no JSON object with one message');
    const [message, fields] = entry;
    const served = this.#calls.catalogue.apis.get(message);
    const known = this.#known.get(message);
    if (served === undefined && known === undefined)
      return plain(reply, 200, `no such message: ${message.slice(0, 200)}`);
    if (served === undefined) return this.#notYet(known, reply);
    if (!isObject(fields)) return plain(reply, 200, `${message}: its fields are no JSON object`);
    return this.#call(served, fields, request, reply);
  }

  #notYet(known: Known | undefined, reply: FastifyReply): FastifyReply {
    const now = Date.now();
    return reply.send(done(known?.reply ?? '', now, now, failed(errorOf(notYet(known?.name ?? '')))));
  }

  async #call(
    served: Served,
    { session, ...values }: Record<string, unknown>,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    const started = Date.now();
    const uuid = isObject(session) && typeof session.uuid === 'string' ? session.uuid : undefined;
    const call = { served, values, conditions: values.conditions, session: uuid, caller: callerOf(request) };
    try {
      const result = await this.#calls.call(call);
      if ('job' in result) return reply.send(processing(result.job, started));
      return reply.send(done(served.api.reply, started, Date.now(), succeeded(result.answer)));
    } catch (thrown) {
      if (thrown instanceof WrongType) return plain(reply, 200, thrown.message);
      const error = errorOf(toldFault(thrown, this.#log));
      return reply.send(done(served.api.reply, started, Date.now(), failed(error)));
    }
  }

  async #result(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { uuid } = request.params as { uuid: string };
    const found = await this.#calls.jobs.outcome(uuid);
    const served = this.#calls.catalogue.apis.get(found?.row.api ?? '');
    if (found === undefined || served === undefined) return plain(reply, 404, 'no such job');
    const { outcome, row } = found;
    if ('running' in outcome) return reply.send(processing(uuid, Date.now()));
    const told = 'answer' in outcome ? succeeded(outcome.answer) : failed(outcome.error);
    return reply.send({
      uuid,
      ...done(served.api.reply, row.finished, row.finished, { apiId: uuid, ...told }),
    });
  }
}

const processing = (uuid: string, started: number) => ({
  uuid,
  createdDate: dateText(started),
  state: 'Processing',
});

const succeeded = (answer: Answer) => ({ success: true, ...answer });
const failed = (error: ErrorShape) => ({ success: false, error });

const done = (reply: string, started: number, finished: number, told: object) => ({
  createdDate: dateText(started),
  finishedDate: dateText(finished),
  state: 'Done',
  result: JSON.stringify({ [reply]: told }),
});
