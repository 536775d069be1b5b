import { setTimeout as sleep } from 'node:timers/promises';
import { forgetProvisioned, readProvisioned } from '../../../node/bare-metal/schema/provision.ts';
import type { Doing } from '../../calls/doing.ts';
import { errand } from '../../jobs/order.ts';
import { type ChassisStatus, chassisTables, writeChassisStatus } from '../baremetal-chassis/rows.ts';
import { cfgOfChassis, type HostCfgRow, hostCfgTables } from '../baremetal-host-cfg/rows.ts';
import type { HostLinks } from '../host/run.ts';

/** Has the node that a chassis was provisioned from forget it, as soon as it is there; one that is under way fails. */
export async function forgetOnNode(
  { database, now }: Doing,
  links: HostLinks,
  chassis: string,
): Promise<void> {
  const host = (await cfgOfChassis(database, chassis))?.hostUuid ?? null;
  if (host === null) return;
  await links.leave(database, errand(host, forgetProvisioned, { chassis }, chassis));
  await writeChassisStatus(database, chassis, { from: 'Provisioning', to: 'Unprovisioned' }, now);
}

/** From now on it is installed from this node; the one of before forgets it. */
export async function moveTo(
  { database }: Doing,
  links: HostLinks,
  { uuid, chassisUuid: chassis, hostUuid: before }: HostCfgRow,
  host: string,
): Promise<void> {
  if (before === host) return;
  if (before !== null) await links.leave(database, errand(before, forgetProvisioned, { chassis }, chassis));
  await hostCfgTables(database)
    .updateTable('baremetal_host_cfg')
    .set({ hostUuid: host })
    .where('uuid', '=', uuid)
    .execute();
}

const ASK_MILLISECONDS = 10_000;
const DONE: ChassisStatus = 'Provisioned';

/** Writes down which machines are installed by now, as they told the nodes that they are installed from. */
export async function refreshProvisioned({ database, now }: Doing, links: HostLinks): Promise<void> {
  const under = await chassisTables(database)
    .selectFrom('baremetal_chassis')
    .select('uuid')
    .where('status', '=', 'Provisioning')
    .execute();
  if (under.length === 0) return;
  const cfgs = await hostCfgTables(database)
    .selectFrom('baremetal_host_cfg')
    .select(['chassisUuid', 'hostUuid'])
    .where(
      'chassisUuid',
      'in',
      under.map(({ uuid }) => uuid),
    )
    .execute();
  for (const [host, of] of Map.groupBy(cfgs, ({ hostUuid }) => hostUuid)) {
    if (host === null) continue;
    for (const chassis of await installedOn(
      host,
      of.map(({ chassisUuid }) => chassisUuid),
      links,
    ))
      await writeChassisStatus(database, chassis, { from: 'Provisioning', to: DONE }, now);
  }
}

/** Which of them are; none where the node does not answer. */
async function installedOn(host: string, chassis: string[], links: HostLinks): Promise<string[]> {
  const stop = new AbortController();
  const late = sleep(ASK_MILLISECONDS, undefined, { signal: stop.signal }).catch(() => undefined);
  const asked = links.ask(host, readProvisioned, { chassis }).catch(() => undefined);
  const states = (await Promise.race([asked, late])) ?? {};
  stop.abort();
  return Object.keys(states).filter((each) => states[each] === 'installed');
}
