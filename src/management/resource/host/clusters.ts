import type { Kysely } from 'kysely';
import { Fault } from '../../../api/fault.ts';
import { say } from '../../../api/words.ts';
import { newUuid } from '../../calls/doing.ts';
import type { TablesOf } from '../../define/table.ts';
import type { cluster } from '../cluster/resource.ts';
import type { zone } from '../zone/resource.ts';
import { KVM } from './resource.ts';

const tables = (database: Kysely<object>) => database.withTables<TablesOf<typeof zone | typeof cluster>>();

interface Named {
  readonly uuid: string;
  readonly name: string;
}

const clusters = (database: Kysely<object>): Promise<Named[]> =>
  tables(database).selectFrom('cluster').select(['uuid', 'name']).orderBy('createDate').execute();

/** Names of all clusters by their uuids. */
export const clusterNames = async (database: Kysely<object>): Promise<Map<string, string>> =>
  new Map((await clusters(database)).map(({ uuid, name }) => [uuid, name]));

/** The cluster that somebody means by its uuid or its name, or the only one. Throws `notFound`, or `conflict` where it is not plain which. */
export async function clusterMeant(database: Kysely<object>, meant: string | undefined): Promise<Named> {
  const all = await clusters(database);
  const found = all.filter(({ uuid, name }) => meant === undefined || uuid === meant || name === meant);
  const [only, ...more] = found;
  const field = { field: 'cluster' };
  if (only === undefined)
    throw new Fault('notFound', say('there is no such cluster', '没有该集群'), {
      ...field,
      next: say('make one first: zstack-cli CreateCluster', '请先创建：zstack-cli CreateCluster'),
    });
  if (more.length === 0) return only;
  const names = found.map(({ name }) => name).join(', ');
  throw new Fault('conflict', say(`which cluster: ${names}`, `请指定集群：${names}`), field);
}

/** The first cluster; with a zone it is made where there is none. */
export async function firstCluster(database: Kysely<object>): Promise<Named> {
  const [first] = await clusters(database);
  if (first !== undefined) return first;
  const now = Date.now();
  const common = {
    state: 'Enabled',
    type: 'zstack',
    description: null,
    createDate: now,
    lastOpDate: now,
  } as const;
  const place = { ...common, uuid: newUuid(), name: 'ZONE-1' };
  const made = { ...common, uuid: newUuid(), name: 'CLUSTER-1', hypervisorType: KVM, zoneUuid: place.uuid };
  await tables(database).insertInto('zone').values(place).execute();
  await tables(database).insertInto('cluster').values(made).execute();
  return made;
}
