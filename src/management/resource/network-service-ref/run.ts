import type { Kysely } from 'kysely';
import { say } from '../../../api/words.ts';
import { existing } from '../../calls/change.ts';
import { serves } from '../../calls/doing.ts';
import { inventory } from '../../calls/inventory.ts';
import { badField } from '../../define/refusal.ts';
import type { TablesOf } from '../../define/table.ts';
import { l3Network } from '../l3/resource.ts';
import { FLAT, SERVICES } from '../network-service/run.ts';
import { attachNetworkService, detachNetworkService, type networkServiceL3NetworkRef } from './resource.ts';

const tables = (database: Kysely<object>) =>
  database.withTables<TablesOf<typeof networkServiceL3NetworkRef>>();

type Asked = Readonly<Record<string, readonly string[]>>;

/** One row for each service that is asked for. Throws `usage`. */
function refsOf(l3NetworkUuid: string, asked: Asked) {
  const wrong = (en: string, zh: string) => badField('networkServices', say(en, zh));
  return Object.entries(asked).flatMap(([uuid, services]) => {
    if (uuid !== FLAT.uuid) throw wrong(`there is no provider ${uuid}`, `没有服务提供者 ${uuid}`);
    return [...new Set(services)].map((service) => {
      if (!SERVICES.includes(service))
        throw wrong(`${FLAT.type} does not serve ${service}`, `${FLAT.type} 不提供 ${service}`);
      return { l3NetworkUuid, networkServiceProviderUuid: uuid, networkServiceType: service };
    });
  });
}

const attach = serves(attachNetworkService, async (on, { l3NetworkUuid, networkServices }) => {
  const there = await servicesOf(on.database, l3NetworkUuid);
  const refs = refsOf(l3NetworkUuid, networkServices).filter(
    ({ networkServiceType: service }) => !there.includes(service),
  );
  if (refs.length > 0) await tables(on.database).insertInto('network_service_l3_ref').values(refs).execute();
  return { inventory: await inventory(on, l3Network, await existing(on, l3Network, l3NetworkUuid)) };
});

const detach = serves(detachNetworkService, async (on, { l3NetworkUuid, networkServices }) => {
  for (const ref of refsOf(l3NetworkUuid, networkServices))
    await tables(on.database)
      .deleteFrom('network_service_l3_ref')
      .where('l3NetworkUuid', '=', l3NetworkUuid)
      .where('networkServiceType', '=', ref.networkServiceType)
      .execute();
  return { inventory: await inventory(on, l3Network, await existing(on, l3Network, l3NetworkUuid)) };
});

/** The services that a network has. */
export async function servicesOf(database: Kysely<object>, l3NetworkUuid: string): Promise<string[]> {
  const query = tables(database).selectFrom('network_service_l3_ref').select('networkServiceType');
  const rows = await query.where('l3NetworkUuid', '=', l3NetworkUuid).execute();
  return rows.map(({ networkServiceType: service }) => service);
}

export const networkServiceRefCalls = [attach, detach];
