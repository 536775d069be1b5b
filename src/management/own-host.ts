import type { Kysely } from 'kysely';
import { z } from 'zod';
import { Fault } from '../api/fault.ts';
import { uuid } from '../api/uuid.ts';
import { say } from '../api/words.ts';
import { notThere } from './define/refusal.ts';
import type { TablesOf } from './define/table.ts';
import { whole } from './jobs/transaction.ts';
import { parsed, readBody } from './link/body.ts';
import { answer, type Route } from './link/server.ts';
import { type HostRow, host } from './resource/host/resource.ts';
import { vmsRun } from './resource/host/run.ts';
import { hostsOf } from './resource/local-storage/connect.ts';
import { setShare } from './resource/local-storage/share.ts';

const stateBody = z.object({ state: z.enum(['Enabled', 'Disabled', 'Maintenance']) });
const bytes = z.number().int().min(0);
const roomBody = z.object({ storage: uuid, total: bytes, available: bytes });

interface Parts {
  readonly database: Kysely<object>;
  /** How many VMs a host reports that run. */
  running(database: Kysely<object>, host: string): Promise<number>;
}

const rows = (database: Kysely<object>) => database.withTables<TablesOf<typeof host>>();

/** What a host asks and tells of itself: each only of its own. */
export const ownHostRoutes = ({ database, running }: Parts): Route[] => [
  {
    ...{ method: 'GET', path: /^\/host$/ },
    handle: async ({ response, host: own = '' }) =>
      answer(response, 200, { state: (await hostRow(database, own)).state }),
  },
  {
    ...{ method: 'POST', path: /^\/host$/ },
    handle: async ({ request, response, host: own = '' }) => {
      const { state } = parsed(stateBody, await readBody(request));
      const { name } = await hostRow(database, own);
      const count = state === 'Maintenance' ? await running(database, own) : 0;
      if (count > 0) throw vmsRun(name, count);
      const query = rows(database).updateTable('host').set({ state, lastOpDate: Date.now() });
      await query.where('uuid', '=', own).execute();
      answer(response, 200, {});
    },
  },
  {
    ...{ method: 'POST', path: /^\/host\/storage$/ },
    handle: async ({ request, response, host: own = '' }) => {
      const { storage, ...room } = parsed(roomBody, await readBody(request));
      const where = { storageUuid: storage, hostUuid: own };
      if (!(await hostsOf(database, storage)).some(({ hostUuid }) => hostUuid === own))
        throw new Fault(
          'notFound',
          say(`no storage ${storage} is on this host`, `本主机没有存储 ${storage}`),
        );
      await whole(database, (transaction) => setShare(transaction, where, room));
      answer(response, 200, {});
    },
  },
];

async function hostRow(database: Kysely<object>, uuid: string): Promise<HostRow> {
  const row = await rows(database).selectFrom('host').selectAll().where('uuid', '=', uuid).executeTakeFirst();
  if (row === undefined) throw notThere(host.vo, uuid);
  return row as HostRow;
}
