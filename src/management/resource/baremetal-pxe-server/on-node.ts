import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../../../api/fault.ts';
import { say } from '../../../api/words.ts';
import { type PxeState, readPxe, startPxe, stopPxe } from '../../../node/bare-metal/schema/pxe.ts';
import type { Doing } from '../../calls/doing.ts';
import { Refusal } from '../../define/refusal.ts';
import { type Order, Undecided } from '../../jobs/order.ts';
import type { HostLinks } from '../host/run.ts';
import { byHost } from '../vm/by-host.ts';
import type { PxeStatus } from './resource.ts';
import { type PxeRow, pxeTables, writeStatus } from './rows.ts';

/** A start looks for other servers for some seconds, and lays loaders out. */
const SECONDS = 180;

type Wanted = Pick<
  PxeRow,
  'uuid' | 'hostUuid' | 'dhcpInterface' | 'dhcpRangeBegin' | 'dhcpRangeEnd' | 'dhcpRangeNetmask'
>;

/** Has its node serve it, where it does not yet; answers what is served. Throws BAREMETAL.1300. */
export async function serveOnNode(wanted: Wanted, order: Order): Promise<Partial<PxeRow>> {
  const { uuid: resource, hostUuid, dhcpInterface: nic } = wanted;
  const [first, last, netmask] = [wanted.dhcpRangeBegin, wanted.dhcpRangeEnd, wanted.dhcpRangeNetmask].map(
    (text) => text ?? undefined,
  );
  const not = say('its node could not start it', '节点未能启动');
  return byHost('BAREMETAL.1300', not, async () => {
    const before = await order(hostUuid, readPxe, {}, { resource, key: 'before' });
    const isThere = before.state !== 'stopped' && before.settings?.nic === nic;
    const state = isThere
      ? before
      : await order(hostUuid, startPxe, { nic, first, last, netmask }, { resource, seconds: SECONDS });
    return rangeOf(state);
  });
}

function rangeOf({ settings }: PxeState): Partial<PxeRow> {
  if (settings === undefined) return {};
  const { first, last, netmask } = settings;
  return { dhcpRangeBegin: first, dhcpRangeEnd: last, dhcpRangeNetmask: netmask };
}

/** Throws BAREMETAL.1401 while its node does not serve it. */
export async function mustServe(
  { uuid: resource, hostUuid, dhcpInterface }: Wanted,
  order: Order,
): Promise<void> {
  const state = await order(hostUuid, readPxe, {}, { resource });
  if (isServed(state, dhcpInterface)) return;
  throw new Refusal(
    'BAREMETAL.1401',
    'conflict',
    say(`it does not run on ${dhcpInterface}`, `未在 ${dhcpInterface} 上运行`),
    { next: say('StartBaremetalPxeServer first', '请先执行 StartBaremetalPxeServer') },
  );
}

const isServed = ({ state, settings }: PxeState, nic: string): boolean =>
  state === 'running' && settings?.nic === nic;

const ASK_MILLISECONDS = 10_000;

/** Writes down how all stand now, as their nodes say: one may have been stopped on its console, or by a restart. */
export async function refreshStatus({ database, now }: Doing, links: HostLinks): Promise<void> {
  for (const row of await pxeTables(database).selectFrom('baremetal_pxe_server').selectAll().execute()) {
    const status = await askedStatus(row, links);
    if (status !== row.status) await writeStatus(database, row.uuid, status, now);
  }
}

async function askedStatus({ hostUuid, dhcpInterface }: PxeRow, links: HostLinks): Promise<PxeStatus> {
  const stop = new AbortController();
  const late = sleep(ASK_MILLISECONDS, undefined, { signal: stop.signal }).catch(() => undefined);
  const asked = links.ask(hostUuid, readPxe, {}).catch(() => undefined);
  const state = await Promise.race([asked, late]);
  stop.abort();
  if (state === undefined) return 'Unknown';
  return isServed(state, dhcpInterface) ? 'Running' : 'Stopped';
}

/** A node that was never told has nothing to take back. */
export function untold(thrown: unknown): void {
  if (thrown instanceof Undecided || Fault.from(thrown).kind !== 'unavailable') throw thrown;
}

/** Ends it on its node, where that serves it. */
export async function endOnNode(
  { uuid: resource, hostUuid, dhcpInterface }: Wanted,
  order: Order,
): Promise<void> {
  const { state, settings } = await order(hostUuid, readPxe, {}, { resource, key: 'end' });
  if (state === 'stopped' || settings?.nic !== dhcpInterface) return;
  await order(hostUuid, stopPxe, {}, { resource });
}
