import { type LookupAddress, lookup } from 'node:dns';
import { type IncomingMessage, get as plainly } from 'node:http';
import { get as encrypted } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { mayBeToldAt } from '../wire/hook-address.ts';

/** A server that is silent for so long is gone. */
const SILENT_MILLISECONDS = 60_000;
const MOST_REDIRECTIONS = 5;

interface Asked {
  readonly headers: Readonly<Record<string, string>>;
  readonly isHere: boolean;
  readonly signal: AbortSignal;
}

/**
 * The answer of a web server, behind redirections. What a name leads to is looked at where it is connected to: others
 * than clients on this machine do not reach this machine itself through us. Faults: `unavailable`, `refused`, `failed`.
 */
export async function get(address: string, asked: Asked, left = MOST_REDIRECTIONS): Promise<IncomingMessage> {
  const answer = await getOnce(new URL(address), asked);
  const { location } = answer.headers;
  const isMoved = [301, 302, 303, 307, 308].includes(answer.statusCode ?? 0) && location !== undefined;
  if (!isMoved) return answer;
  answer.destroy();
  const next = URL.parse(location, address);
  if (left === 0 || next === null || !/^https?:$/.test(next.protocol)) throw lost(address);
  return get(next.href, asked, left - 1);
}

function getOnce(url: URL, { headers, isHere, signal }: Asked): Promise<IncomingMessage> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && !mayBeToldAt(host, isHere)) return Promise.reject(notAllowed(host));
  const send = url.protocol === 'https:' ? encrypted : plainly;
  const options = {
    headers,
    agent: false as const,
    lookup: allowedOnly(isHere),
    signal,
    timeout: SILENT_MILLISECONDS,
  };
  return new Promise((resolve, reject) => {
    const sent = send(url, options, resolve);
    sent.on('timeout', () => sent.destroy(new Error('it is silent')));
    sent.on('error', (error) => reject(error instanceof Fault ? error : away(url.host, error)));
  });
}

const allowedOnly =
  (isHere: boolean): LookupFunction =>
  (host, _, answer) =>
    lookup(host, { all: true }, (error, found) => {
      if (error !== null) return answer(error, []);
      const allowed = found.filter(({ address }) => mayBeToldAt(address, isHere));
      if (allowed.length === 0) return answer(notAllowed(host), []);
      return answer(null, allowed satisfies LookupAddress[]);
    });

const notAllowed = (host: string): Fault =>
  new Fault(
    'refused',
    say(`${host} is an address that images are not taken from`, `不从地址 ${host} 获取镜像`),
  );

const away = (host: string, error: NodeJS.ErrnoException): Fault =>
  new Fault(
    'unavailable',
    say(
      `${host} does not answer: ${error.code ?? error.message}`,
      `${host} 没有应答：${error.code ?? error.message}`,
    ),
  );

const lost = (address: string): Fault =>
  new Fault(
    'failed',
    say(`${address} sends on too often, or to no web address`, `${address} 重定向过多，或指向的不是网址`),
  );
