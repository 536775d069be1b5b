import type { Kysely } from 'kysely';
import type { Vm } from '../../../node/facts/schema.ts';
import type { TablesOf } from '../../define/table.ts';
import { halted } from './act.ts';
import { reserve } from './capacity.ts';
import type { vmInstance } from './resource.ts';
import { moved, type VmRow } from './rows.ts';
import type { VmState } from './states.ts';

const tables = (database: Kysely<object>) => database.withTables<TablesOf<typeof vmInstance>>();

/** VMs of a host as it reports them: by uuid, null for what is gone; `whole`: those are all. */
export interface ReportedVms {
  readonly host: string;
  readonly vms: ReadonlyMap<string, Vm | null>;
  readonly whole: boolean;
}

/** States that a report decides; the others are a job's, which ends in one of these. */
const AT_REST: readonly VmState[] = ['Running', 'Paused', 'Unknown', 'Stopped'];
/** What was read before a job ended may come after that. */
const STALE_MILLISECONDS = 30_000;

/** What its host says of a VM is true, save while a job is at it. */
export async function followVms(
  database: Kysely<object>,
  { host, vms, whole }: ReportedVms,
  now: number,
): Promise<void> {
  const rows = await tables(database)
    .selectFrom('vm_instance')
    .selectAll()
    .where((has) => has.or([has('hostUuid', '=', host), has('lastHostUuid', '=', host)]))
    .where('state', 'in', AT_REST)
    .execute();
  for (const row of rows) {
    const vm = vms.get(row.uuid);
    const isMissing = vm === undefined || vm === null;
    if (isMissing && (!whole || now - row.lastOpDate < STALE_MILLISECONDS) && vm !== null) continue;
    await follow(database, row, isMissing ? 'Stopped' : STATES[vm.state], { host, now });
  }
}

interface Where {
  readonly host: string;
  readonly now: number;
}

async function follow(
  database: Kysely<object>,
  row: VmRow,
  told: VmState | undefined,
  { host, now }: Where,
): Promise<void> {
  const { uuid, state } = row;
  if (told === undefined || told === state) return;
  if (told === 'Stopped') await halted(database, uuid, now);
  else if (state === 'Stopped') await found(database, row, host, now);
  else if (told === 'Paused') await moved(database, uuid, 'freeze', now);
  else await moved(database, uuid, state === 'Paused' ? 'thaw' : 'run', now);
}

/** Somebody has started it at the node itself: it takes what it takes. */
async function found(database: Kysely<object>, row: VmRow, host: string, now: number): Promise<void> {
  if (now - row.lastOpDate < STALE_MILLISECONDS) return;
  const on = { hostUuid: host, lastHostUuid: host };
  if (await moved(database, row.uuid, 'find', now, on)) await reserve(database, host, row.uuid, row, 0);
}

interface Report {
  readonly host: string;
  readonly items: readonly { readonly kind: string; readonly uuid: string; readonly item: unknown }[];
  readonly whole: readonly string[];
}

/** What follows from a host's report for its VMs. */
export async function followReport(database: Kysely<object>, { host, items, whole }: Report): Promise<void> {
  const vms = items.filter(({ kind }) => kind === 'vm');
  const isWhole = whole.includes('vm');
  if (vms.length === 0 && !isWhole) return;
  const byUuid = new Map(vms.map(({ uuid, item }) => [uuid, item as Vm | null]));
  await followVms(database, { host, vms: byUuid, whole: isWhole }, Date.now());
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
