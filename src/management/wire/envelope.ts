import type { FastifyReply, FastifyRequest } from 'fastify';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import type { Log } from '../../system/log.ts';
import type { Caller } from '../calls/doing.ts';

/** Where a request comes from: this machine itself also calls by the addresses of its NICs. */
export function callerOf({ socket }: FastifyRequest): Caller {
  const address = socket.remoteAddress ?? '';
  return { address, isHere: isLoop(address) || address === socket.localAddress };
}

export const isLoop = (address: string): boolean => /^(::ffff:)?127\.|^::1$/i.test(address);

export const plain = (reply: FastifyReply, code: number, text: string): FastifyReply =>
  reply.code(code).type('text/plain; charset=utf-8').send(`${text}\n`);

/** Errors of a connection to the database, by its driver and by the system. */
const AWAY = /^(ECONN|ETIMEDOUT|EPIPE|PROTOCOL_|ER_CON_|ER_SERVER_SHUTDOWN)/;

/** No room for what would be written. */
const isFull = ({ code, errcode }: NodeJS.ErrnoException & { errcode?: number }): boolean =>
  errcode === SQLITE_FULL || code === 'ER_DISK_FULL' || code === 'ER_RECORD_FILE_FULL';
const SQLITE_FULL = 13;

/** Anything thrown as the client is told: what is a defect of ours stands in the log, not in the answer. */
export function toldFault(thrown: unknown, log: Log): Fault {
  if (thrown instanceof Fault && thrown.kind !== 'internal') return thrown;
  const error = thrown as NodeJS.ErrnoException & { errcode?: number };
  log(`api: ${error.code ?? ''} ${error.stack ?? String(thrown)}`);
  if (AWAY.test(error.code ?? ''))
    return new Fault('unavailable', say('the database does not answer', '数据库没有应答'));
  if (isFull(error))
    return new Fault('unavailable', say('the disk of the database is full', '数据库所在磁盘已满'));
  return new Fault('internal', say('it stands in the log of the management service', '详见管理服务日志'));
}

/** Text as JSON, or undefined where it is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
