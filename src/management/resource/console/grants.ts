import type { Kysely } from 'kysely';
import type { TablesOf } from '../../define/table.ts';
import type { session } from '../account/session.ts';
import type { vmInstance } from '../vm/resource.ts';

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

const tables = (database: Kysely<object>) =>
  database.withTables<TablesOf<typeof session | typeof vmInstance>>();

/** Statements stay short. */
const AT_ONCE = 500;

/** Of those grants the ones whose session lives, and whose VM still is on that host. */
export async function holding(database: Kysely<object>, grants: readonly Grant[]): Promise<Set<Grant>> {
  const sessions = await found(
    grants.map(({ session: of }) => of),
    (some) => livingOf(database, some),
  );
  const vms = await found(
    grants.map(({ vm }) => vm),
    (some) => placesOf(database, some),
  );
  return new Set(
    grants.filter(({ session: of, vm, host }) => sessions.has(of) && vms.has(placeOf(vm, host))),
  );
}

/** A VM together with the host that it is on. */
const placeOf = (vm: string, host: string): string => `${vm} ${host}`;

async function placesOf(database: Kysely<object>, uuids: readonly string[]): Promise<string[]> {
  const query = tables(database).selectFrom('vm_instance').select(['uuid', 'hostUuid']);
  const rows = await query.where('uuid', 'in', uuids).execute();
  return rows.map(({ uuid, hostUuid }) => placeOf(uuid, hostUuid ?? ''));
}

async function livingOf(database: Kysely<object>, uuids: readonly string[]): Promise<string[]> {
  const query = tables(database).selectFrom('session').select('uuid').where('uuid', 'in', uuids);
  return (await query.where('expiredDate', '>', Date.now()).execute()).map(({ uuid }) => uuid);
}

async function found(
  all: readonly string[],
  ask: (some: readonly string[]) => Promise<readonly string[]>,
): Promise<Set<string>> {
  const uuids = [...new Set(all)];
  const there = new Set<string>();
  for (let at = 0; at < uuids.length; at += AT_ONCE)
    for (const answer of await ask(uuids.slice(at, at + AT_ONCE))) there.add(answer);
  return there;
}
