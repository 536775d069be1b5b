import { expect } from 'vitest';
import { Calls } from '../../../src/management/calls/calls.ts';
import { newUuid, type Session } from '../../../src/management/calls/doing.ts';
import type { TablesOf } from '../../../src/management/define/table.ts';
import { imageFiles } from '../../../src/management/images/files.ts';
import { Jobs } from '../../../src/management/jobs/jobs.ts';
import { ensureAdmin } from '../../../src/management/resource/account/run.ts';
import { catalogueOf, flowsOf, TABLES } from '../../../src/management/resource/catalogue.ts';
import type { Consoles } from '../../../src/management/resource/console/run.ts';
import { ensureSettings } from '../../../src/management/resource/global-config/run.ts';
import type { host } from '../../../src/management/resource/host/resource.ts';
import type { image } from '../../../src/management/resource/image/resource.ts';
import { ensureProviders } from '../../../src/management/resource/network-service/run.ts';
import { Vault } from '../../../src/management/secrets/vault.ts';
import { HostOrders } from '../../fakes/host-orders.ts';
import { EngineStore } from './engine-store.ts';
import { ended } from './flow-service.ts';
import { NO_CONSOLES } from './no-consoles.ts';
import type { Engine } from './world.ts';

type Values = Record<string, unknown>;
// biome-ignore lint/suspicious/noExplicitAny: whatever the calls answer.
export type Told = any;

const GIBIBYTE = 2 ** 30;
const ADMIN = '36c27e8ff05c4780bf6d2fa65700f22e';

/** A cluster with one host and all that a VM needs, whose calls are asked without a wire. */
export class VmWorld {
  /** For the next service. */
  vault = new Vault();
  readonly orders = new HostOrders(() => this.vault);
  readonly logged: string[] = [];
  /** Who asks. */
  session: Session = { uuid: 'x', accountUuid: ADMIN, userUuid: null, isAdmin: true };
  /** For the next service. */
  consoles: Consoles = NO_CONSOLES;
  readonly store: EngineStore;
  /** Uuids of what there is. */
  has: Record<'zone' | 'cluster' | 'l2' | 'l3' | 'range' | 'storage' | 'offering' | 'image' | 'host', string>;
  #jobs: Jobs;
  #calls: Calls;

  private constructor(store: EngineStore) {
    this.store = store;
    [this.#jobs, this.#calls] = this.#service();
    this.has = {
      zone: '',
      cluster: '',
      l2: '',
      l3: '',
      range: '',
      storage: '',
      offering: '',
      image: '',
      host: '',
    };
  }

  static async start(engine: Engine): Promise<VmWorld> {
    const store = await EngineStore.open(engine, TABLES);
    await ensureAdmin(store.store.tables);
    await ensureSettings(store.store.tables);
    await ensureProviders(store.store.tables);
    const world = new VmWorld(store);
    await world.#furnish();
    return world;
  }

  get database() {
    return this.store.store.tables;
  }

  async end(): Promise<void> {
    await this.#jobs.stop();
    await this.store.end();
  }

  /** The service goes away in the middle of whatever it does; another one goes on. */
  async replace(): Promise<void> {
    await this.#jobs.stop();
    [this.#jobs, this.#calls] = this.#service();
    await this.#jobs.resume([]);
  }

  /** Begins a call; answers its job. */
  async begin(name: string, values: Values): Promise<string> {
    const result = await this.#call(name, values);
    if (!('job' in result)) throw new Error(`${name} is no job`);
    return result.job;
  }

  #call(name: string, values: Values, conditions: unknown = []) {
    const served = [...this.#calls.catalogue.apis.values()].find(({ api }) => api.name === name);
    if (served === undefined) throw new Error(`no ${name}`);
    const caller = { address: '127.0.0.1', isHere: true };
    return this.#calls.call({ served, values, conditions, session: 'x', caller });
  }

  /** What came of a call: its answer, or `error`. */
  async ask(name: string, values: Values): Promise<Told> {
    return this.outcome(await this.begin(name, values));
  }

  async outcome(job: string): Promise<Told> {
    const found = await ended(this.#jobs, job);
    return found === undefined || !('answer' in found) ? found : found.answer;
  }

  /** Rows by a query. */
  find(name: string, condition: string, value: string): Promise<Told[]> {
    return this.look(name, {}, [{ name: condition, op: '=', value }]);
  }

  /** The inventories of a call that is answered at once. */
  async look(name: string, values: Values, conditions: unknown = []): Promise<Told[]> {
    return (await this.now(name, values, conditions)).inventories ?? [];
  }

  /** The answer of a call that is answered at once. */
  async now(name: string, values: Values, conditions: unknown = []): Promise<Told> {
    const result = await this.#call(name, values, conditions);
    if (!('answer' in result)) throw new Error(`${name} is a job`);
    return result.answer;
  }

  /** What the host and the storage have left. */
  async left() {
    const query = this.database.withTables<TablesOf<typeof host>>().selectFrom('host').selectAll();
    const row = await query.where('uuid', '=', this.has.host).executeTakeFirstOrThrow();
    const [storage] = await this.find('QueryPrimaryStorage', 'uuid', this.has.storage);
    return {
      ...{ cpu: row.availableCpuCapacity, memory: row.availableMemoryCapacity },
      room: storage.availableCapacity,
    };
  }

  /** All that is written of a VM. */
  async rows(uuid: string) {
    return {
      vms: await this.find('QueryVmInstance', 'uuid', uuid),
      nics: await this.find('QueryVmNic', 'vmInstanceUuid', uuid),
      volumes: await this.find('QueryVolume', 'vmInstanceUuid', uuid),
    };
  }

  /** Destroys and expunges a VM; nothing of it stays. */
  async gone(uuid: string): Promise<void> {
    await this.ask('DestroyVmInstance', { uuid });
    expect(await this.ask('ExpungeVmInstance', { uuid })).toEqual({});
    expect(await this.rows(uuid)).toEqual({ vms: [], nics: [], volumes: [] });
    expect(this.orders.isClean).toBe(true);
  }

  /** What is asked of `CreateVmInstance`. */
  vm(more: Values = {}): Values {
    const { offering, image, l3 } = this.has;
    return { name: 'vm', instanceOfferingUuid: offering, imageUuid: image, l3NetworkUuids: [l3], ...more };
  }

  #service(): [Jobs, Calls] {
    const folder = this.store.folder;
    const catalogue = catalogueOf({
      node: { uuid: 'x', version: '1' },
      files: imageFiles({ servers: folder, imports: folder }),
      consoles: this.consoles,
      vault: this.vault,
    });
    const jobs = new Jobs({
      ...{ database: this.database, owner: newUuid(), flows: flowsOf(catalogue), orders: this.orders },
      log: (line) => this.logged.push(line),
    });
    return [jobs, new Calls(this.database, catalogue, async () => this.session, jobs)];
  }

  async #made(name: string, values: Values): Promise<string> {
    const told = await this.ask(name, values);
    if (told?.inventory === undefined) throw new Error(`${name}: ${JSON.stringify(told)}`);
    return told.inventory.uuid;
  }

  async #furnish(): Promise<void> {
    const zone = await this.#made('CreateZone', { name: 'zone' });
    const cluster = await this.#made('CreateCluster', {
      name: 'rack',
      zoneUuid: zone,
      hypervisorType: 'KVM',
    });
    const l2 = await this.#made('CreateL2NoVlanNetwork', {
      name: 'l2',
      zoneUuid: zone,
      physicalInterface: 'eth0',
    });
    const l3 = await this.#made('CreateL3Network', {
      name: 'l3',
      l2NetworkUuid: l2,
      dnsDomain: 'cloud.test',
    });
    const range = await this.#made('AddIpRangeByNetworkCidr', {
      name: 'r',
      l3NetworkUuid: l3,
      networkCidr: '10.0.0.0/28',
    });
    const [provider] = await this.find('QueryNetworkServiceProvider', 'type', 'Flat');
    await this.ask('AttachNetworkServiceToL3Network', {
      l3NetworkUuid: l3,
      networkServices: { [provider.uuid]: ['DHCP'] },
    });
    await this.ask('AttachL2NetworkToCluster', { l2NetworkUuid: l2, clusterUuid: cluster });
    const storage = await this.#made('AddLocalPrimaryStorage', {
      name: 'local',
      zoneUuid: zone,
      url: '/vms',
    });
    await this.ask('AttachPrimaryStorageToCluster', { primaryStorageUuid: storage, clusterUuid: cluster });
    const offering = await this.#made('CreateInstanceOffering', {
      name: 'small',
      cpuNum: 2,
      memorySize: GIBIBYTE,
    });
    this.has = {
      zone,
      cluster,
      l2,
      l3,
      range,
      storage,
      offering,
      image: await this.#image(),
      host: await this.addHost(zone, cluster),
    };
  }

  async #image(): Promise<string> {
    const uuid = newUuid();
    const now = Date.now();
    await this.database
      .withTables<TablesOf<typeof image>>()
      .insertInto('image')
      .values({
        ...{
          uuid,
          name: 'tiny',
          description: null,
          exportUrl: null,
          exportMd5Sum: null,
          state: 'Enabled',
          status: 'Ready',
        },
        ...{ size: 3 * GIBIBYTE, actualSize: 5_000_000, md5Sum: null, checksum: `sha256:${'a'.repeat(64)}` },
        ...{
          url: 'http://x/y',
          mediaType: 'RootVolumeTemplate',
          guestOsType: null,
          type: 'zstack',
          platform: 'Linux',
        },
        ...{ format: 'qcow2', system: 0, createDate: now, lastOpDate: now },
      })
      .execute();
    return uuid;
  }

  /** A host as it stands once it has joined: 16 processors by the ratio, 8 GiB. */
  async addHost(zoneUuid: string, clusterUuid: string): Promise<string> {
    const uuid = newUuid();
    const now = Date.now();
    await this.database
      .withTables<TablesOf<typeof host>>()
      .insertInto('host')
      .values({
        ...{
          uuid,
          name: 'host',
          description: null,
          zoneUuid,
          clusterUuid,
          managementIp: '192.0.2.1',
          hypervisorType: 'KVM',
        },
        ...{
          state: 'Enabled',
          status: 'Connected',
          totalCpuCapacity: 16,
          availableCpuCapacity: 16,
          cpuSockets: 1,
          cpuNum: 4,
        },
        ...{
          totalMemoryCapacity: 8 * GIBIBYTE,
          availableMemoryCapacity: 8 * GIBIBYTE,
          username: null,
          sshPort: null,
        },
        ...{ keyHash: newUuid(), version: null, heard: now, why: null, createDate: now, lastOpDate: now },
      })
      .execute();
    return uuid;
  }
}
