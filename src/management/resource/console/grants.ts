import type { Kysely } from 'kysely';
import type { TablesOf } from '../../define/table.ts';
import type { session } from '../account/session.ts';

/** Whose screen may be seen, and by whom. */
export interface Grant {
  /** Uuid of the VM, and what people call it. */
  readonly vm: string;
  readonly name: string;
  /** Uuid of the host that it runs on. */
  readonly host: string;
  /** Uuid of the session that asked for it. */
  readonly session: string;
}

/** Statements stay short. */
const AT_ONCE = 500;

/** Of those grants the ones whose session lives. */
export async function holding(database: Kysely<object>, grants: readonly Grant[]): Promise<Set<Grant>> {
  const sessions = await found(
    grants.map(({ session: of }) => of),
    (some) => livingOf(database, some),
  );
  return new Set(grants.filter((grant) => sessions.has(grant.session)));
}

async function found(
  all: readonly string[],
  ask: (some: readonly string[]) => Promise<readonly string[]>,
): Promise<Set<string>> {
  const uuids = [...new Set(all)];
  const there = new Set<string>();
  for (let at = 0; at < uuids.length; at += AT_ONCE)
    for (const uuid of await ask(uuids.slice(at, at + AT_ONCE))) there.add(uuid);
  return there;
}

async function livingOf(database: Kysely<object>, uuids: readonly string[]): Promise<string[]> {
  const rows = await database
    .withTables<TablesOf<typeof session>>()
    .selectFrom('session')
    .select('uuid')
    .where('uuid', 'in', uuids)
    .where('expiredDate', '>', Date.now())
    .execute();
  return rows.map(({ uuid }) => uuid);
}
