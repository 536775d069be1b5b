import type { Kysely } from 'kysely';
import type { Vm } from '../../../node/facts/schema.ts';
import type { TablesOf } from '../../define/table.ts';
import type { host as hostTable } from '../host/resource.ts';
import { halted } from './act.ts';
import { reserve } from './capacity.ts';
import type { vmInstance } from './resource.ts';
import { moved, type VmRow } from './rows.ts';
import type { VmState } from './states.ts';

const tables = (database: Kysely<object>) =>
  database.withTables<TablesOf<typeof vmInstance | typeof hostTable>>();

/** VMs of a host as it reports them: by uuid, null for what is gone; `whole`: those are all. */
export interface ReportedVms {
  readonly host: string;
  readonly vms: ReadonlyMap<string, Vm | null>;
  readonly whole: boolean;
}

/** States that a report decides; the others are a job's, which ends in one of these. */
const AT_REST: readonly VmState[] = ['Running', 'Paused', 'Unknown', 'Stopped'];
/** What was read before a job ended may come after that. */
export const STALE_MILLISECONDS = 30_000;

/**
 * What its host says of a VM is true, save while a job is at it.
 * @returns whether something is to be looked at again later: it may be older than a job that has just ended
 */
export async function followVms(
  database: Kysely<object>,
  { host, vms, whole }: ReportedVms,
  now: number,
): Promise<boolean> {
  const rows = await tables(database)
    .selectFrom('vm_instance')
    .selectAll()
    .where((has) => has.or([has('hostUuid', '=', host), has('lastHostUuid', '=', host)]))
    .where('state', 'in', AT_REST)
    .execute();
  let again = false;
  for (const row of [...rows, ...(await unplaced(database, vms))]) {
    const vm = vms.get(row.uuid);
    if (vm === undefined && !whole) continue;
    const told = vm === undefined || vm === null ? 'Stopped' : STATES[vm.state];
    if (told === undefined || told === row.state) continue;
    const isYoung = now - row.lastOpDate < STALE_MILLISECONDS;
    const isOff = row.state === 'Stopped' || row.state === 'Created';
    if (isYoung && (vm === undefined || isOff)) again = true;
    else await follow(database, row, told, { host, now });
  }
  return again;
}

/** VMs that a host has and that the records, older ones, have on none: nobody may start them elsewhere. */
async function unplaced(database: Kysely<object>, vms: ReportedVms['vms']): Promise<VmRow[]> {
  const running = [...vms].flatMap(([uuid, vm]) => (vm?.state === 'running' ? [uuid] : []));
  if (running.length === 0) return [];
  const query = tables(database).selectFrom('vm_instance').selectAll().where('state', '=', 'Created');
  return query.where('uuid', 'in', running).execute();
}

interface Where {
  readonly host: string;
  readonly now: number;
}

async function follow(
  database: Kysely<object>,
  row: VmRow,
  told: VmState,
  { host, now }: Where,
): Promise<void> {
  const { uuid, state } = row;
  if (told === 'Stopped') await halted(database, uuid, now);
  else if (state === 'Stopped' || state === 'Created') await found(database, row, host, now);
  else if (told === 'Paused') await moved(database, uuid, 'freeze', now);
  else await moved(database, uuid, state === 'Paused' ? 'thaw' : 'run', now);
}

/** Somebody has started it at the node itself: it takes what it takes. */
async function found(database: Kysely<object>, row: VmRow, host: string, now: number): Promise<void> {
  const on = {
    hostUuid: host,
    lastHostUuid: host,
    ...(row.homeHostUuid === null ? await home(database, host) : {}),
  };
  if (await moved(database, row.uuid, 'find', now, on)) await reserve(database, host, row.uuid, row, 0);
}

interface Report {
  readonly host: string;
  readonly items: readonly { readonly kind: string; readonly uuid: string; readonly item: unknown }[];
  readonly whole: readonly string[];
}

/** What follows from a host's report for its VMs; answers as `followVms`. */
export async function followReport(
  database: Kysely<object>,
  { host, items, whole }: Report,
): Promise<boolean> {
  const vms = items.filter(({ kind }) => kind === 'vm');
  const isWhole = whole.includes('vm');
  if (vms.length === 0 && !isWhole) return false;
  const byUuid = new Map(vms.map(({ uuid, item }) => [uuid, item as Vm | null]));
  return followVms(database, { host, vms: byUuid, whole: isWhole }, Date.now());
}

/** Its root volume is where it runs. */
async function home(database: Kysely<object>, host: string) {
  const row = await tables(database)
    .selectFrom('host')
    .select(['clusterUuid', 'hypervisorType'])
    .where('uuid', '=', host)
    .executeTakeFirst();
  return { homeHostUuid: host, ...row };
}

/** Absent: says nothing that would be another state. */
const STATES: Readonly<Partial<Record<Vm['state'], VmState>>> = {
  running: 'Running',
  blocked: 'Running',
  paused: 'Paused',
  stopped: 'Stopped',
  crashed: 'Stopped',
};

/** Nothing is known of what ran on a host that is lost. */
export async function loseVms(database: Kysely<object>, host: string): Promise<void> {
  await tables(database)
    .updateTable('vm_instance')
    .set({ state: 'Unknown', lastOpDate: Date.now() })
    .where('hostUuid', '=', host)
    .where('state', 'in', ['Running', 'Paused'])
    .execute();
}
