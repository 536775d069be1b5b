import { sql } from 'kysely';
import { say } from '../../api/words.ts';
import type { Api } from '../define/api.ts';
import type { Field } from '../define/fields.ts';
import { knownMessages, type Right } from '../define/known.ts';
import { Refusal } from '../define/refusal.ts';
import type { Resource } from '../define/resource.ts';
import type { Scope } from '../store/where.ts';
import type { Catalogue, Doing, Session } from './doing.ts';

const rights = new Map(knownMessages().map(({ message, right }) => [message, right]));

/** The right that a call needs; undefined: only admin may. */
export const rightFor = ({ message }: Pick<Api, 'message'>): Right | undefined => rights.get(message);

/** Somebody who belongs to an account, and is not it. */
export const isUser = ({ userUuid, accountUuid }: Session): boolean =>
  userUuid !== null && userUuid !== accountUuid;

/** Whether a session's account, or user, may make a call at all. */
export function mayCall(session: Session, api: Api): boolean {
  const right = rightFor(api);
  if (session.isAdmin) return true;
  if (right === undefined) return false;
  // What users of an account change is granted one by one; looking is everybody's, and their own name and password.
  return (
    !isUser(session) || (!right.accountsOnly && (right.name.endsWith(':read') || api.ofOneself === true))
  );
}

export const notAllowed = (name: string): Refusal =>
  new Refusal(
    'ID.1002',
    'refused',
    say(`${name} is not for this account or user`, `该账户或用户无权执行 ${name}`),
  );

const notYours = (field: string, uuid: string): Refusal =>
  new Refusal(
    'ID.1002',
    'refused',
    say(`field ${field}: ${uuid} is of another account`, `字段 ${field}：${uuid} 属于其他账户`),
    { field },
  );

/** What a session may see of tables: all for admin, otherwise what is its account's or shared with it. */
export function scopeOf({ access }: Catalogue, session: Session | undefined): Scope {
  if (session === undefined || session.isAdmin) return () => undefined;
  const { accountUuid } = session;
  return ({ owner }, alias) => {
    if (owner === undefined) return undefined;
    const column = sql.ref(`${alias}.${owner.column}`);
    return owner.is === 'account' ? sql`${column} = ${accountUuid}` : access.isSeen(accountUuid, column);
  };
}

/** Whether a table holds rows that a session may not see. */
export const isScoped = ({ owner }: Resource, session: Session | undefined): boolean =>
  owner !== undefined && session !== undefined && !session.isAdmin;

/**
 * What a call of an ordinary account names must be its own, or shared with it where it is only used. Throws ID.1002.
 */
export async function checkOwners(
  on: Doing,
  { params: fields }: Pick<Api, 'params'>,
  params: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { session } = on;
  if (session === undefined || session.isAdmin) return;
  for (const [name, field] of Object.entries(fields)) {
    if (!field.checkAccount || params[name] === undefined) continue;
    const uuids = [params[name]].flat().map(String);
    const foreign = await foreignOf(on, session, field, uuids);
    if (foreign !== undefined) throw notYours(name, foreign);
  }
}

/** Which of these is not the account's. What is nobody's may be used, and not changed. */
async function foreignOf(
  { database, rows, catalogue }: Doing,
  { accountUuid }: Session,
  { resource, target }: Field,
  uuids: readonly string[],
): Promise<string | undefined> {
  const of = catalogue.resources.find(({ vo }) => vo === resource);
  if (of === undefined) return catalogue.access.foreign(database, accountUuid, uuids, target !== true);
  const { owner } = of;
  if (owner === undefined) return target === true ? uuids[0] : undefined;
  for (const uuid of uuids) {
    const row = (await rows.byUuid(of, uuid)) as Record<string, unknown> | undefined;
    const whose = String(row?.[owner.column]);
    const isForeign =
      owner.is === 'account'
        ? whose !== accountUuid
        : (await catalogue.access.foreign(database, accountUuid, [whose], target !== true)) !== undefined;
    if (isForeign) return uuid;
  }
  return undefined;
}
