import type { Kysely } from 'kysely';
import { Fault } from '../../../api/fault.ts';
import { say } from '../../../api/words.ts';
import { removeDhcp, setDhcp } from '../../../node/dhcp/schema.ts';
import { ensureImage } from '../../../node/image/schema.ts';
import { ensureL2 } from '../../../node/l2/schema.ts';
import type { ImageFormat } from '../../../node/storage/local/schema.ts';
import { removeVm, startVm } from '../../../node/vm/schema.ts';
import { createVolume, removeVolume } from '../../../node/volume/schema.ts';
import { Refusal } from '../../define/refusal.ts';
import type { TablesOf } from '../../define/table.ts';
import type { Step } from '../../jobs/flow.ts';
import { type Candidate, noHost, place, storagesFor } from '../../placement/place.ts';
import { lookAtStorages } from '../local-storage/connect.ts';
import { giveRoom, placeOf, takeRoom } from '../local-storage/share.ts';
import type { volume } from '../volume/resource.ts';
import { byHost } from './by-host.ts';
import { candidates } from './candidates.ts';
import { release, reserve } from './capacity.ts';
import type { Bringing } from './context.ts';
import type { vmInstance } from './resource.ts';
import { move } from './rows.ts';

const tables = (database: Kysely<object>) =>
  database.withTables<TablesOf<typeof vmInstance | typeof volume>>();

const chooseHost: Step<Bringing> = {
  name: 'choose a host',
  async record(database, context, now) {
    const all = await candidates(database);
    const placed = place(all, context.wanted);
    for (const host of placed.hosts) {
      const storage = await take(database, host, context, now);
      if (storage !== undefined) return { host: host.uuid, storage };
    }
    const words =
      placed.hosts.length === 0
        ? noHost(all.length, placed)
        : say('what was left is gone by now', '剩余的资源已被占用');
    throw new Refusal('HOST_ALLOCATION.1000', 'conflict', words);
  },
  async forget(database, { vm, root, image }) {
    await release(database, vm);
    if (image === undefined) return;
    await giveRoom(database, root.uuid);
    await tables(database)
      .updateTable('vm_instance')
      .set({ homeHostUuid: null })
      .where('uuid', '=', vm)
      .execute();
    await tables(database)
      .updateTable('volume')
      .set({ primaryStorageUuid: null })
      .where('uuid', '=', root.uuid)
      .execute();
  },
};

/** Keeps what a VM needs of a host; answers the storage of its root volume, or nothing where something is gone. */
async function take(
  database: Kysely<object>,
  host: Candidate,
  context: Bringing,
  now: number,
): Promise<string | undefined> {
  const { vm, root, definition, wanted, spare } = context;
  if (!(await reserve(database, host.uuid, vm, definition, spare))) return undefined;
  const known = await placeOf(database, root.uuid);
  const storages = wanted.volume === undefined ? [] : storagesFor(host, wanted.volume);
  const storage = known?.storageUuid ?? storages[0]?.uuid;
  if (storage === undefined) throw noRoot();
  const where = { storageUuid: storage, hostUuid: host.uuid };
  if (known === undefined && !(await takeRoom(database, where, root, now))) {
    await release(database, vm);
    return undefined;
  }
  await tables(database)
    .updateTable('vm_instance')
    .set({ clusterUuid: host.clusterUuid, hypervisorType: host.hypervisorType, homeHostUuid: host.uuid })
    .where('uuid', '=', vm)
    .execute();
  await tables(database)
    .updateTable('volume')
    .set({ primaryStorageUuid: storage })
    .where('uuid', '=', root.uuid)
    .execute();
  return storage;
}

const noRoot = () => new Fault('conflict', say('its root volume is on no storage', '根云盘不在任何主存储上'));

/** Host and storage once they are chosen. */
function chosen({ host, storage }: Pick<Bringing, 'host' | 'storage'>): { host: string; storage: string } {
  if (host === undefined || storage === undefined) throw new Error('no host was chosen');
  return { host, storage };
}

const fetchImage: Step<Bringing> = {
  name: 'have the image on the host',
  async run(context, { order }) {
    const { host, storage } = chosen(context);
    const { image } = context;
    if (image === undefined) return undefined;
    const { uuid, format, ...known } = image;
    const input = { storage, image: uuid, format: format as ImageFormat, ...known };
    await order(host, ensureImage, input, { resource: uuid, seconds: 4 * 3_600 });
    return undefined;
  },
};

const makeRoot: Step<Bringing> = {
  name: 'make the root volume',
  async run(context, { order }) {
    const { host, storage } = chosen(context);
    const { root, image } = context;
    if (image === undefined) return undefined;
    const input = { storage, volume: root.uuid, image: image.uuid, size: root.size };
    return { file: await order(host, createVolume, input, { resource: root.uuid }) };
  },
  async record(database, { root, file }, now) {
    if (file === undefined) return;
    await tables(database)
      .updateTable('volume')
      .set({ status: 'Ready', installPath: file.path, actualSize: file.actualSize, lastOpDate: now })
      .where('uuid', '=', root.uuid)
      .execute();
  },
  async undo({ host, storage, root, image }, { order }) {
    if (host === undefined || storage === undefined || image === undefined) return;
    await order(host, removeVolume, { storage, volume: root.uuid }, { resource: root.uuid });
  },
  async forget(database, { root, image }, now) {
    if (image === undefined) return;
    await tables(database)
      .updateTable('volume')
      .set({ status: 'NotInstantiated', installPath: null, actualSize: null, lastOpDate: now })
      .where('uuid', '=', root.uuid)
      .execute();
  },
};

const giveNetworks: Step<Bringing> = {
  name: 'have the networks on the host',
  async run(context, { order }) {
    const { host } = chosen(context);
    for (const { mac, l2, link, dhcp } of context.nics) {
      await order(host, ensureL2, { l2, nic: link }, { resource: l2, key: mac });
      if (dhcp !== undefined) await order(host, setDhcp, dhcp, { resource: dhcp.l3, key: mac });
    }
    return undefined;
  },
  async undo({ host, nics }, { order }) {
    if (host === undefined) return;
    for (const { mac, dhcp } of nics)
      if (dhcp !== undefined)
        await order(host, removeDhcp, { l3: dhcp.l3, mac }, { resource: dhcp.l3, key: mac });
  },
};

/** How a VM is defined on its host. */
function definitionOf(context: Bringing) {
  const { storage } = chosen(context);
  return {
    ...context.definition,
    volumes: [{ volume: context.root.uuid, storage }],
    nics: context.nics.map(({ mac, l2 }) => ({ mac, l2 })),
  };
}

const startOnHost: Step<Bringing> = {
  name: 'start it',
  async run(context, { order }) {
    const { host } = chosen(context);
    const input = { vm: context.vm, definition: definitionOf(context) };
    const sealed = { 'definition.consolePassword': context.consolePassword };
    const not = say('its host could not start it', '主机未能启动云主机');
    await byHost('HOST.1005', not, () => order(host, startVm, input, { resource: context.vm, sealed }));
    return undefined;
  },
  async record(database, { vm, host = '' }, now) {
    await move(database, vm, 'run', now, { hostUuid: host, lastHostUuid: host });
  },
  async undo({ vm, host }, { order }) {
    if (host !== undefined) await order(host, removeVm, { vm }, { resource: vm });
  },
};

/** What brings a VM up, from choosing its host to its running. */
export const BRINGING_UP: readonly Step<Bringing>[] = [
  // No host's trouble is a reason against those that have none.
  lookAtStorages(() => true) as Step<Bringing>,
  chooseHost,
  fetchImage,
  makeRoot,
  giveNetworks,
  startOnHost,
];
