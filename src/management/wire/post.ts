import { type LookupAddress, lookup } from 'node:dns';
import { request as plainly } from 'node:http';
import { request as encrypted } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { mayBeToldAt } from './hook-address.ts';

const TRY_MILLISECONDS = 5_000;

/** What is sent to a web hook. */
export interface Posted {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isHere: boolean;
  readonly signal: AbortSignal;
}

/** Why an address is not posted to at all: to try again is no use. */
export class NotAllowed extends Error {}

/**
 * Sends a body by POST; answers whether it was taken. A redirection is not followed, and the name is asked for once:
 * what was checked is what is connected to. Throws NotAllowed, or the connection's error.
 */
export function post(url: URL, { headers, body, isHere, signal }: Posted): Promise<boolean> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && !mayBeToldAt(host, isHere)) return Promise.reject(notAllowed(host));
  const send = url.protocol === 'https:' ? encrypted : plainly;
  return new Promise((resolve, reject) => {
    const sent = send(
      url,
      {
        method: 'POST',
        headers: {
          ...headers,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
        },
        agent: false,
        lookup: allowedOnly(isHere),
        signal: AbortSignal.any([signal, AbortSignal.timeout(TRY_MILLISECONDS)]),
      },
      ({ statusCode = 0 }) => {
        // What it says does not matter.
        sent.destroy();
        resolve(statusCode >= 200 && statusCode < 300);
      },
    );
    sent.on('error', reject).end(body);
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

const notAllowed = (host: string): NotAllowed =>
  new NotAllowed(`${host} is not an address that is posted to`);
