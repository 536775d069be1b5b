import type { FastifyReply, FastifyRequest } from 'fastify';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import type { Log } from '../../system/log.ts';
import { WrongType } from '../calls/coerce.ts';
import { errorOf } from '../define/error-shape.ts';
import type { None } from './choice.ts';
import { toldFault } from './envelope.ts';
import type { Shown } from './outcome.ts';

/** Below it are all paths of REST. */
export const BASE = '/zstack/v1';

export function header({ headers }: FastifyRequest, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** The client wants the full classes of what is in the answer. */
export const isTyped = (request: FastifyRequest): boolean => header(request, 'x-json-schema') === 'true';

/** Uuid of the session that a request names, or why it must not be answered. */
export function sessionIn(request: FastifyRequest, isNeeded: boolean): string | undefined | None {
  const { authorization } = request.headers;
  if (authorization === undefined)
    return isNeeded ? { code: 400, why: "missing header 'Authorization'" } : undefined;
  const session = /^OAuth\s+(\S+)\s*$/.exec(authorization)?.[1];
  return session ?? { code: 400, why: "header 'Authorization' must be of type OAuth" };
}

export const answered = (reply: FastifyReply, { code, body }: Shown): FastifyReply =>
  reply.code(code).send(body);

export function failed(reply: FastifyReply, thrown: unknown, log: Log): FastifyReply {
  const fault =
    thrown instanceof WrongType
      ? new Fault('usage', say(thrown.message, thrown.message))
      : toldFault(thrown, log);
  return reply.code(503).send({ error: errorOf(fault) });
}
