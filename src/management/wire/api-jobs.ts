import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../../system/log.ts';
import type { Calls } from '../calls/calls.ts';
import { plain } from './envelope.ts';
import { RestAnswers } from './outcome.ts';
import { answered, BASE, failed, isTyped, sessionIn } from './rest-request.ts';

/** What came of a job, asked for until it has ended; and cancelling it, which is ours alone. */
export class ApiJobs {
  readonly #calls: Calls;
  readonly #log: Log;
  readonly #answers: RestAnswers;

  constructor(calls: Calls, log: Log) {
    this.#calls = calls;
    this.#log = log;
    this.#answers = new RestAnswers(calls.catalogue.resources);
  }

  register(http: FastifyInstance): void {
    const url = `${BASE}/api-jobs/:uuid`;
    http.get(url, (request, reply) => ofJob(request, reply) ?? this.#outcome(request, reply));
    http.delete(url, (request, reply) => ofJob(request, reply) ?? this.#cancel(request, reply));
  }

  async #outcome(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const found = await this.#calls.jobs.outcome(uuidIn(request));
    const served = this.#calls.catalogue.apis.get(found?.row.api ?? '');
    if (found === undefined || served === undefined) return none(reply);
    const { outcome } = found;
    if ('running' in outcome) return reply.code(202).send();
    return answered(reply, this.#answers.outcome(served.api, outcome, isTyped(request)));
  }

  /** 202: it is being undone; 200: it had ended already. */
  async #cancel(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const session = sessionIn(request, true);
    if (typeof session === 'object') return plain(reply, session.code, session.why);
    try {
      const isRunning = await this.#calls.cancel(uuidIn(request), session);
      return isRunning === undefined ? none(reply) : reply.code(isRunning ? 202 : 200).send();
    } catch (thrown) {
      return failed(reply, thrown, this.#log);
    }
  }
}

const uuidIn = ({ params }: FastifyRequest): string => (params as { uuid: string }).uuid;

/** The refusal of a path that can be no job's. */
const ofJob = (request: FastifyRequest, reply: FastifyReply): FastifyReply | undefined =>
  /^[0-9a-f]{32}$/i.test(uuidIn(request))
    ? undefined
    : plain(reply, 400, 'a job has a uuid of 32 hex digits');

const none = (reply: FastifyReply): FastifyReply => plain(reply, 404, 'no such job, or it is too old');
