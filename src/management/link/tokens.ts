import { createHash, randomBytes } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import { Fault } from '../../api/fault.ts';
import { Secret } from '../../api/secret-text.ts';
import { say } from '../../api/words.ts';
import { date, int, text, uuid } from '../define/fields.ts';
import { type RowOf, type TablesOf, table } from '../define/table.ts';

/** The right to join, as long as it has uses and time left. The token itself is nowhere. */
export const joinToken = table('join_token', {
  uuid: uuid(),
  /** SHA-256 of the token, hex. */
  hash: text(64),
  /** Which cluster its hosts come into. */
  clusterUuid: uuid(),
  usesLeft: int(),
  createDate: date(),
  ends: date(),
});
export type TokenRow = RowOf<typeof joinToken>;

/** Without letters and digits that are mistaken for others (Crockford's base 32, in small letters). */
const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz';
const LENGTH = 20;

const tokens = (database: Kysely<object>) => database.withTables<TablesOf<typeof joinToken>>();

/** How a person may type it: any case, blanks and dashes anywhere. */
const plain = (token: Secret): string =>
  token.reveal().toLowerCase().replace(/[\s-]/g, '').replace(/o/g, '0').replace(/[il]/g, '1');

const hashOf = (token: Secret): string => createHash('sha256').update(plain(token)).digest('hex');

/** 100 bits, in groups of four. */
function newToken(): Secret {
  const digits = [...randomBytes(LENGTH)].map((byte) => DIGITS[byte % 32]).join('');
  return new Secret(digits.replace(/(.{4})(?=.)/g, '$1-'));
}

export interface TokenWanted {
  readonly uuid: string;
  readonly clusterUuid: string;
  readonly uses: number;
  readonly minutes: number;
}

/** Answers the token, which cannot be asked for again, and its row. */
export async function issueToken(
  database: Kysely<object>,
  { uses, minutes, ...wanted }: TokenWanted,
): Promise<{ token: Secret; row: TokenRow }> {
  const token = newToken();
  const now = Date.now();
  const times = { createDate: now, ends: now + minutes * 60_000 };
  const row: TokenRow = { ...wanted, hash: hashOf(token), usesLeft: uses, ...times };
  await tokens(database).insertInto('join_token').values(row).execute();
  return { token, row };
}

/** Those that can still be used. */
export const openTokens = (database: Kysely<object>): Promise<TokenRow[]> =>
  tokens(database)
    .selectFrom('join_token')
    .selectAll()
    .where('usesLeft', '>', 0)
    .where('ends', '>', Date.now())
    .orderBy('createDate')
    .execute();

/** Throws `notFound`. */
export async function revokeToken(database: Kysely<object>, uuidOf: string): Promise<void> {
  const gone = await tokens(database).deleteFrom('join_token').where('uuid', '=', uuidOf).executeTakeFirst();
  if (gone.numDeletedRows === 0n)
    throw new Fault('notFound', say('there is no such token', '没有该令牌'), { field: 'token' });
}

export async function clearTokens(database: Kysely<object>): Promise<void> {
  await tokens(database).deleteFrom('join_token').where('ends', '<', Date.now()).execute();
}

/** Uses a token once; answers the cluster that it leads to. Throws `refused`, without telling why: strangers ask. */
export async function takeToken(database: Kysely<object>, token: Secret): Promise<string> {
  const hash = hashOf(token);
  const used = await tokens(database)
    .updateTable('join_token')
    .set({ usesLeft: sql<number>`usesLeft - 1` })
    .where('hash', '=', hash)
    .where('usesLeft', '>', 0)
    .where('ends', '>', Date.now())
    .executeTakeFirst();
  const row = await tokens(database)
    .selectFrom('join_token')
    .select('clusterUuid')
    .where('hash', '=', hash)
    .executeTakeFirst();
  if (used.numUpdatedRows === 0n || row === undefined) throw refused();
  return row.clusterUuid;
}

const refused = (): Fault =>
  new Fault(
    'refused',
    say(
      'the token is not good: mistyped, used up, ended or revoked',
      '令牌无效：输入有误、已用完、已过期或已撤销',
    ),
    { field: 'token' },
  );
