import { type Kysely, sql } from 'kysely';
import type { Words } from '../../../api/words.ts';
import type { HostAbout } from '../../../node/cluster/schema.ts';
import { newUuid } from '../../calls/doing.ts';
import { notThere } from '../../define/refusal.ts';
import type { TablesOf } from '../../define/table.ts';
import { isDuplicate } from '../../store/duplicate.ts';
import type { Tables } from '../../store/schema.ts';
import { cluster } from '../cluster/resource.ts';
import { numberOf } from '../global-config/run.ts';
import { type HostRow, type host, KVM } from './resource.ts';
import { storedWords } from './why.ts';

const hosts = (database: Kysely<object>) => database.withTables<TablesOf<typeof host | typeof cluster>>();

export interface NewHost {
  readonly name: string;
  readonly address: string;
  readonly keyHash: string;
  readonly clusterUuid: string;
}

/** In the table of settings: this cluster has had a host. */
const HAD_HOST = 'had-host';
const settings = (database: Kysely<object>) => database.withTables<Pick<Tables, 'setting'>>();

/** Whether there ever was a host, gone or not. */
export async function hadHost(database: Kysely<object>): Promise<boolean> {
  const query = settings(database).selectFrom('setting').select('value').where('name', '=', HAD_HOST);
  return (await query.executeTakeFirst()) !== undefined;
}

/** Makes the row of a host that has joined; answers its uuid. Throws SYS.1003 for a cluster that is gone. */
export async function admitHost(database: Kysely<object>, wanted: NewHost): Promise<string> {
  const uuid = await insertHost(database, wanted);
  if (!(await hadHost(database))) await noteFirst(database, uuid);
  return uuid;
}

async function noteFirst(database: Kysely<object>, uuid: string): Promise<void> {
  try {
    await settings(database).insertInto('setting').values({ name: HAD_HOST, value: uuid }).execute();
  } catch (thrown) {
    // Another one, at the same moment, was the first.
    if (!isDuplicate(thrown)) throw thrown;
  }
}

async function insertHost(
  database: Kysely<object>,
  { name, address, keyHash, clusterUuid }: NewHost,
): Promise<string> {
  const of = await hosts(database)
    .selectFrom('cluster')
    .select(['zoneUuid'])
    .where('uuid', '=', clusterUuid)
    .executeTakeFirst();
  if (of === undefined) throw notThere(cluster.vo, clusterUuid);
  const uuid = newUuid();
  const now = Date.now();
  const nothing = {
    ...{ totalCpuCapacity: 0, availableCpuCapacity: 0, cpuSockets: 0, cpuNum: 0 },
    ...{ totalMemoryCapacity: 0, availableMemoryCapacity: 0 },
    ...{ description: null, username: null, sshPort: null, version: null, why: null },
  };
  const row: HostRow = {
    ...{ uuid, name, managementIp: address, keyHash, clusterUuid, zoneUuid: of.zoneUuid, ...nothing },
    ...{ hypervisorType: KVM, state: 'Enabled', status: 'Connecting' },
    ...{ heard: now, createDate: now, lastOpDate: now },
  };
  await hosts(database).insertInto('host').values(row).execute();
  return uuid;
}

type Lost = (database: Kysely<object>, host: string) => Promise<void>;

/** The hosts by what they prove themselves with. */
export class HostMembers {
  readonly #lost: Lost;
  readonly #database: Kysely<object>;

  /** @param lost what else is written where a host is lost */
  constructor(database: Kysely<object>, lost: Lost = async () => undefined) {
    this.#database = database;
    this.#lost = lost;
  }

  async isMember(uuid: string, keyHash: string): Promise<boolean> {
    return (await this.withKey(keyHash)) === uuid;
  }

  async withKey(keyHash: string): Promise<string | undefined> {
    const query = hosts(this.#database).selectFrom('host').select('uuid').where('keyHash', '=', keyHash);
    return (await query.executeTakeFirst())?.uuid;
  }

  /** Those of these that the cluster does not have any more. */
  async gone(uuids: readonly string[]): Promise<string[]> {
    if (uuids.length === 0) return [];
    const query = hosts(this.#database).selectFrom('host').select('uuid').where('uuid', 'in', uuids);
    const there = new Set((await query.execute()).map(({ uuid }) => uuid));
    return uuids.filter((uuid) => !there.has(uuid));
  }

  /** As many, the lost ones first, then by name; and how many there are. */
  async first(most: number): Promise<{ total: number; rows: HostRow[] }> {
    const { total } = await this.counts();
    const query = hosts(this.#database).selectFrom('host').selectAll();
    // Of the three only Disconnected comes behind by the alphabet.
    const rows = await query.orderBy('status', 'desc').orderBy('name').limit(most).execute();
    return { total, rows };
  }

  async counts(): Promise<{ total: number; enabled: number; connected: number }> {
    const found = await hosts(this.#database)
      .selectFrom('host')
      .select(['state', 'status', (eb) => eb.fn.countAll<number>().as('count')])
      .groupBy(['state', 'status'])
      .execute();
    const sum = (which: (row: { state: string; status: string }) => boolean) =>
      found.reduce((all, row) => all + (which(row) ? Number(row.count) : 0), 0);
    return {
      total: sum(() => true),
      enabled: sum(({ state }) => state === 'Enabled'),
      connected: sum(({ status }) => status === 'Connected'),
    };
  }

  async isConnected(uuid: string): Promise<boolean> {
    const query = hosts(this.#database).selectFrom('host').select('status').where('uuid', '=', uuid);
    return (await query.executeTakeFirst())?.status === 'Connected';
  }

  /** Whether one has given a sign of life since then (milliseconds since 1970), and is not connected. */
  async areAwaited(since: number): Promise<boolean> {
    const query = hosts(this.#database).selectFrom('host').select('uuid').where('heard', '>=', since);
    return (await query.where('status', '!=', 'Connected').limit(1).executeTakeFirst()) !== undefined;
  }

  async connecting(uuid: string): Promise<void> {
    await this.#set(uuid, { status: 'Connecting' });
  }

  /** What it has more or less than before is more or less to give away. */
  async alive(uuid: string, about: HostAbout): Promise<void> {
    const ratio = await numberOf(this.#database, 'host', 'cpu.overProvisioning.ratio');
    const cpu = about.cpus * ratio;
    await hosts(this.#database)
      .updateTable('host')
      .set({
        ...{
          status: 'Connected',
          heard: Date.now(),
          why: about.note === undefined ? null : storedWords(about.note),
          version: about.version,
        },
        ...{ cpuNum: about.cpus, cpuSockets: about.sockets },
        ...(about.address === undefined ? {} : { managementIp: about.address }),
        availableCpuCapacity: sql<number>`availableCpuCapacity + ${cpu} - totalCpuCapacity`,
        availableMemoryCapacity: sql<number>`availableMemoryCapacity + ${about.memory} - totalMemoryCapacity`,
      })
      .where('uuid', '=', uuid)
      .execute();
    // MariaDB reads columns that the same statement has set as they are by then.
    await this.#set(uuid, { totalCpuCapacity: cpu, totalMemoryCapacity: about.memory });
  }

  async lost(uuid: string, why: Words): Promise<void> {
    await this.#set(uuid, { status: 'Disconnected', why: storedWords(why) });
    await this.#lost(this.#database, uuid);
  }

  /** After a start nobody is connected yet. */
  async allConnecting(): Promise<void> {
    const query = hosts(this.#database).updateTable('host').set({ status: 'Connecting' });
    await query.where('status', '=', 'Connected').execute();
  }

  async silentSince(moment: number): Promise<string[]> {
    const query = hosts(this.#database).selectFrom('host').select('uuid').where('heard', '<', moment);
    return (await query.where('status', '!=', 'Disconnected').execute()).map(({ uuid }) => uuid);
  }

  async #set(uuid: string, values: Partial<HostRow>): Promise<void> {
    await hosts(this.#database).updateTable('host').set(values).where('uuid', '=', uuid).execute();
  }
}
