import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { Secret } from '../../../api/secret-text.ts';

/**
 * Clients send the SHA-512 of what a person typed, 128 hex digits; what is kept is a slow, salted hash of that:
 * `scrypt$SALT$HASH`, both in base64.
 */

const derive = promisify<string, Buffer, number, Buffer>(scrypt);
const BYTES = 32;

/** What a client sends for a typed password. */
export const sentFor = (typed: string): string => createHash('sha512').update(typed).digest('hex');

/** The password that the admin account is made with; it opens the API from this machine alone. */
const INITIAL = sentFor('password');
export const initialHash = (): Promise<string> => hashOf(new Secret(INITIAL));
export const isInitial = (sent: Secret): boolean => sent.reveal().toLowerCase() === INITIAL;

export async function hashOf(sent: Secret): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(sent.reveal().toLowerCase(), salt, BYTES);
  return `scrypt$${salt.toString('base64')}$${hash.toString('base64')}`;
}

/** Takes as long for what is no hash as for one. */
export async function isRight(sent: Secret, hash: string): Promise<boolean> {
  const [, salt = '', kept = ''] = hash.split('$');
  const found = await derive(sent.reveal().toLowerCase(), Buffer.from(salt, 'base64'), BYTES);
  const expected = Buffer.from(kept, 'base64');
  return expected.length === found.length && timingSafeEqual(expected, found);
}
