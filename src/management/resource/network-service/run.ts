import type { Kysely } from 'kysely';
import { type Doing, serves } from '../../calls/doing.ts';
import type { TablesOf } from '../../define/table.ts';
import {
  getNetworkServiceTypes,
  type networkServiceProvider,
  type networkServiceProviderL2NetworkRef,
  type networkServiceType,
} from './resource.ts';

const tables = (database: Kysely<object>) =>
  database.withTables<
    TablesOf<
      typeof networkServiceProvider | typeof networkServiceType | typeof networkServiceProviderL2NetworkRef
    >
  >();

/** The provider whose services run on each host for its own VMs. */
export const FLAT = {
  uuid: '6c4f0f63a1c94b0f9d1e5d2a7b3c8e10',
  name: 'Flat Network Service Provider',
  description: 'services that each host does for its own VMs',
  type: 'Flat',
};
export const DHCP = 'DHCP';
export const SERVICES = [DHCP];

/** Makes the provider where it is not there. */
export async function ensureProviders(database: Kysely<object>): Promise<void> {
  const there = await tables(database).selectFrom('network_service_provider').select('uuid').execute();
  if (there.length > 0) return;
  const now = Date.now();
  await database.transaction().execute(async (all) => {
    await tables(all)
      .insertInto('network_service_provider')
      .values({ ...FLAT, createDate: now, lastOpDate: now })
      .execute();
    const services = SERVICES.map((type) => ({ networkServiceProviderUuid: FLAT.uuid, type }));
    await tables(all).insertInto('network_service_type').values(services).execute();
  });
}

/** Lets the provider serve a new network. */
export async function serveL2({ database }: Doing, l2NetworkUuid: string): Promise<void> {
  await tables(database)
    .insertInto('network_service_provider_l2_ref')
    .values({ networkServiceProviderUuid: FLAT.uuid, l2NetworkUuid })
    .execute();
}

const types = serves(getNetworkServiceTypes, async () => ({
  serviceAndProviderTypes: Object.fromEntries(SERVICES.map((service) => [service, [FLAT.type]])),
}));

export const networkServiceCalls = [types];
