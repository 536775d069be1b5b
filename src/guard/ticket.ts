import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { link, open, rm } from 'node:fs/promises';
import { Fault } from '../api/fault.ts';
import { say } from '../api/words.ts';
import { bootId } from '../system/boot.ts';
import { readText } from '../system/files.ts';

/** What a ticket says: who gave the right password, where and when. Guard signs it, the controller believes the signature. */
export interface TicketClaims {
  /** /proc/sys/kernel/random/boot_id: a ticket does not outlive the boot. */
  boot: string;
  /** Milliseconds since boot. */
  time: number;
  line: string;
  uid: number;
  nonce: string;
}

/** Whoever shows a ticket must be on the line, and be the user, it was given to. */
export interface Bearer {
  line: string;
  uid: number;
}

export const OPEN_SESSION_MILLISECONDS = 60_000;
export const GUARD_MILLISECONDS = 600_000;

/** @param now milliseconds since boot */
export function issueTicket(key: Buffer, bearer: Bearer, now: number): string {
  const claims: TicketClaims = {
    boot: bootId(),
    time: Math.floor(now),
    line: bearer.line,
    uid: bearer.uid,
    nonce: randomBytes(12).toString('base64url'),
  };
  const body = Buffer.from(JSON.stringify(claims)).toString('base64url');
  return `${body}.${sign(key, body)}`;
}

/** The claims of a ticket that is genuine, fresh and the bearer's own. Throws `refused`, with one text for every reason. */
export function checkTicket(
  key: Buffer,
  ticket: string,
  bearer: Bearer,
  now: number,
  maxAge: number,
): TicketClaims {
  const claims = genuine(key, ticket);
  const age = claims === undefined ? -1 : now - claims.time;
  if (claims === undefined || age < 0 || age > maxAge) throw stale();
  if (claims.boot !== bootId() || claims.line !== bearer.line || claims.uid !== bearer.uid) throw stale();
  return claims;
}

function genuine(key: Buffer, ticket: string): TicketClaims | undefined {
  const [body = '', signature = ''] = ticket.split('.');
  const expected = Buffer.from(sign(key, body));
  const given = Buffer.from(signature);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  return JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as TicketClaims;
}

const sign = (key: Buffer, body: string): string =>
  createHmac('sha256', key).update(body).digest('base64url');

/** The one text for tickets that are forged, foreign, used or old. */
export const stale = (): Fault =>
  new Fault('refused', say('the password must be given again', '需要重新输入密码'));

const KEY_BYTES = 32;

/** The signing key in the run folder, made by whoever needs it first. Throws when it can be neither read nor made. */
export async function ticketKey(path: string): Promise<Buffer> {
  const key = (await readKey(path)) ?? (await makeKey(path));
  if (key.length !== KEY_BYTES) throw new Error(`${path} does not hold a key`);
  return key;
}

async function readKey(path: string): Promise<Buffer | undefined> {
  const text = await readText(path, 2 * KEY_BYTES);
  return text === undefined ? undefined : Buffer.from(text, 'hex');
}

// Linked into place whole: another process never reads half a key, and the first one wins.
async function makeKey(path: string): Promise<Buffer> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  const handle = await open(draft, 'wx', 0o600);
  await handle.writeFile(randomBytes(KEY_BYTES).toString('hex'));
  await handle.close();
  await link(draft, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(draft);
  return (await readKey(path)) ?? Buffer.alloc(0);
}
