import type { Kysely } from 'kysely';
import { Fault } from '../../../api/fault.ts';
import { say } from '../../../api/words.ts';
import { removeDhcp } from '../../../node/dhcp/schema.ts';
import { powerOffVm, removeVm } from '../../../node/vm/schema.ts';
import { removeVolume, type VolumeErased } from '../../../node/volume/schema.ts';
import { type Catalogue, carries, type Served, serves } from '../../calls/doing.ts';
import { removeWith } from '../../calls/remove.ts';
import type { TablesOf } from '../../define/table.ts';
import { type Flow, flow, type Step } from '../../jobs/flow.ts';
import { textOf } from '../global-config/run.ts';
import type { HostLinks } from '../host/run.ts';
import { clearAfter } from '../image/cached.ts';
import { giveRoom, placeOf } from '../local-storage/share.ts';
import type { vmNic } from '../vm-nic/resource.ts';
import { byHost } from './by-host.ts';
import { release } from './capacity.ts';
import { destroyVmInstance, expungeVmInstance, recoverVmInstance, vmInstance } from './resource.ts';
import { move, moved, putBack, toldVm, type VmRow, vmRow } from './rows.ts';
import type { VmState } from './states.ts';

const tables = (database: Kysely<object>) => database.withTables<TablesOf<typeof vmNic>>();

/** What of a VM is on its host; absent where it was on none. */
interface Remains {
  readonly host: string;
  readonly storage: string;
  readonly root: string;
  readonly nics: readonly { readonly l3: string; readonly mac: string }[];
}

interface Ending {
  readonly vm: string;
  readonly root: string;
  readonly before: VmState;
  /** Host on which it runs. */
  readonly host?: string;
  /** To be erased. */
  readonly erase: boolean;
  readonly remains?: Remains;
  /** Image that its root volume stood on, once that is erased. */
  readonly image?: string;
}

const NOT_DESTROYED = say('its host could not take its power', '主机未能关闭云主机电源');

const powerOff: Step<Ending> = {
  name: 'take its power',
  async run({ vm, host }, { order }) {
    if (host !== undefined)
      await byHost('HOST.1008', NOT_DESTROYED, () =>
        order(host, powerOffVm, { vm }, { resource: vm }).catch(goneAlready),
      );
    return undefined;
  },
  async record(database, { vm }, now) {
    if (await moved(database, vm, 'bury', now, { hostUuid: null })) await release(database, vm);
  },
};

/** A host that does not have it need not do anything. */
function goneAlready(thrown: unknown): undefined {
  if (Fault.from(thrown).kind !== 'notFound') throw thrown;
}

const erasing = (catalogue: Catalogue, { leave }: HostLinks): Step<Ending> => ({
  name: 'erase it',
  async run({ vm, erase, remains }, { order }) {
    if (!erase || remains === undefined) return undefined;
    const { host, storage, root, nics } = remains;
    await order(host, removeVm, { vm }, { resource: vm });
    for (const { l3, mac } of nics) await order(host, removeDhcp, { l3, mac }, { resource: l3, key: mac });
    // A node of an earlier version answers nothing.
    const asked = order(host, removeVolume, { storage, volume: root }, { resource: root });
    const erased: VolumeErased | undefined = await asked.catch(goneAlready);
    return erased?.image === undefined ? undefined : { image: erased.image };
  },
  async record(database, { vm, root, erase, remains, image }) {
    if (!erase) return;
    await giveRoom(database, root);
    await removeWith({ database, catalogue }, vmInstance, vm);
    if (image === undefined || remains === undefined) return;
    await clearAfter(database, leave, image, { storageUuid: remains.storage, hostUuid: remains.host });
  },
});

const destroying = (catalogue: Catalogue, links: HostLinks): Flow =>
  flow<Ending>({
    name: 'DestroyVmInstance',
    steps: [
      {
        name: 'change its state',
        forget: (database, { vm, before }, now) => putBack(database, vm, 'Destroying', before, now),
      },
      powerOff,
      erasing(catalogue, links),
    ],
    answer: () => ({}),
  });

const expunging = (catalogue: Catalogue, links: HostLinks): Flow =>
  flow<Ending>({
    name: 'ExpungeVmInstance',
    steps: [
      {
        name: 'change its state',
        forget: (database, { vm, before }, now) => putBack(database, vm, 'Expunging', before, now),
      },
      erasing(catalogue, links),
    ],
    answer: () => ({}),
  });

async function remainsOf(
  database: Kysely<object>,
  { uuid, rootVolumeUuid }: VmRow,
): Promise<{ remains?: Remains }> {
  const place = rootVolumeUuid === null ? undefined : await placeOf(database, rootVolumeUuid);
  if (place === undefined || rootVolumeUuid === null) return {};
  const query = tables(database).selectFrom('vm_nic').select(['l3NetworkUuid', 'mac']);
  const nics = await query.where('vmInstanceUuid', '=', uuid).execute();
  return {
    remains: {
      ...{ host: place.hostUuid, storage: place.storageUuid, root: rootVolumeUuid },
      nics: nics.map(({ l3NetworkUuid: l3, mac }) => ({ l3, mac })),
    },
  };
}

export const endCalls = (catalogue: Catalogue, links: HostLinks): Served[] => [
  carries(
    destroyVmInstance,
    destroying(catalogue, links),
    async ({ database, now }, { uuid }): Promise<Ending> => {
      const row = await vmRow(database, uuid);
      await move(database, row.uuid, 'destroy', now);
      const erase = (await textOf(database, 'vm', 'deletionPolicy')) === 'Direct';
      const host = row.hostUuid === null ? {} : { host: row.hostUuid };
      const known = { vm: row.uuid, root: row.rootVolumeUuid ?? '', before: row.state, erase };
      return { ...known, ...host, ...(await remainsOf(database, row)) };
    },
  ),
  carries(
    expungeVmInstance,
    expunging(catalogue, links),
    async ({ database, now }, { uuid }): Promise<Ending> => {
      const row = await vmRow(database, uuid);
      await move(database, row.uuid, 'expunge', now);
      const known = { vm: row.uuid, root: row.rootVolumeUuid ?? '', before: row.state, erase: true };
      return { ...known, ...(await remainsOf(database, row)) };
    },
  ),
  serves(recoverVmInstance, async ({ database, now }, { uuid }) => {
    await move(database, uuid, 'recover', now);
    return toldVm(database, uuid);
  }),
];
