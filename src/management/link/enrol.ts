import { createPublicKey } from 'node:crypto';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import { secret } from '../../api/secret.ts';
import { whole } from '../jobs/transaction.ts';
import { type Authority, keyHashOf } from './authority.ts';
import { parsed } from './body.ts';
import type { Applicant, Members } from './parties.ts';
import { takeToken } from './tokens.ts';

const isKey = (text: string): boolean => {
  try {
    return createPublicKey(text).asymmetricKeyDetails?.namedCurve === 'prime256v1';
  } catch {
    return false;
  }
};

/** What a node sends to join. */
const application = z.object({
  token: secret,
  publicKey: z.string().max(1_000).refine(isKey, 'is no public key on the curve P-256'),
  name: z.string().min(1).max(255),
  address: z.union([z.ipv4(), z.ipv6()]).optional(),
});

/** What a node is answered. */
export interface Admission {
  /** Uuid of the host. */
  readonly host: string;
  /** PEM, its own. */
  readonly certificate: string;
}

export interface EnrolParts {
  readonly database: Kysely<object>;
  readonly authority: Authority;
  readonly members: Members;
  /** Makes the host's row; answers its uuid. */
  admit(database: Kysely<object>, applicant: Applicant): Promise<string>;
}

/**
 * Takes a node in. A key that has joined already is answered again, without another use of the token: its node was cut
 * off before it could keep the answer. Throws `usage` that names the field, and `refused` for the token.
 * @param from the address that it comes from
 */
export async function enrol(parts: EnrolParts, body: unknown, from: string): Promise<Admission> {
  const { database, authority, members } = parts;
  const { token, publicKey, name, address = from } = parsed(application, body);
  const keyHash = keyHashOf(publicKey);
  const host =
    (await members.withKey(keyHash)) ??
    (await whole(database, async (transaction) => {
      const clusterUuid = await takeToken(transaction, token);
      return parts.admit(transaction, { name, address, keyHash, clusterUuid });
    }));
  return { host, certificate: await authority.forHost(host, publicKey) };
}
