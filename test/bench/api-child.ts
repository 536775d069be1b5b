import type { AddressInfo } from 'node:net';
import { sql } from 'kysely';
import { Calls } from '../../src/management/calls/calls.ts';
import type { Catalogue } from '../../src/management/calls/doing.ts';
import { standard } from '../../src/management/calls/standard.ts';
import type { Table, TablesOf } from '../../src/management/define/table.ts';
import { Jobs } from '../../src/management/jobs/jobs.ts';
import type { session } from '../../src/management/resource/account/session.ts';
import { findSession } from '../../src/management/resource/account/sessions.ts';
import { AUDITING } from '../../src/management/resource/audit/run.ts';
import { TABLES } from '../../src/management/resource/catalogue.ts';
import { APIS, RESOURCES } from '../../src/management/resource/definitions.ts';
import { ACCESS } from '../../src/management/resource/owner/access.ts';
import { TAGGING } from '../../src/management/resource/tag/tags.ts';
import { Vault } from '../../src/management/secrets/vault.ts';
import { openStore } from '../../src/management/store/store.ts';
import { ensureTables } from '../../src/management/store/tables.ts';
import { httpServer, serveApi } from '../../src/management/wire/http.ts';
import { type Asked, HOSTS, PAGE, SESSION, uuidAt, ZONES } from './api-rows.ts';

/**
 * `api-child.ts FOLDER [PORT USER]`: the API's server with rows in its store, a constant beside it, and, asked for by a
 * message, how often the same statements and their JSON are made by themselves.
 */
const [, , folder = '', port, user = ''] = process.argv;

const login = port === undefined ? undefined : { host: '127.0.0.1', port: Number(port), user };
const store = await openStore(folder, login);
await ensureTables(store.tables, store.kind, TABLES);
await fill();

const catalogue: Catalogue = {
  ...{ resources: RESOURCES, tagging: TAGGING, auditing: AUDITING, access: ACCESS, vault: new Vault() },
  apis: new Map(APIS.filter(({ kind }) => kind === 'query').map((api) => [api.message, standard(api)])),
};
const log = (line: string) => process.stderr.write(`${line}\n`);
const jobs = new Jobs({ database: store.tables, owner: 'bench', flows: [], log });
const http = httpServer();
let constant = '';
http.get('/constant', (_, reply) => reply.type('application/json; charset=utf-8').send(constant));
await serveApi(http, new Calls(store.tables, catalogue, findSession, jobs), log);
await http.listen({ host: '127.0.0.1', port: 0 });

process.on('message', async (asked: Asked) => {
  if ('constant' in asked) constant = asked.constant;
  process.send?.(
    'statements' in asked ? await statements(asked.statements) : (http.server.address() as AddressInfo).port,
  );
});
process.send?.('ready');
process.on('SIGINT', () => process.exit(0));

async function fill(): Promise<void> {
  const tables = store.tables.withTables<TablesOf<Table> & TablesOf<typeof session>>();
  const dates = { createDate: 1, lastOpDate: 1 };
  const insert = async (table: string, rows: object[]) => {
    for (let at = 0; at < rows.length; at += 500)
      await tables
        .insertInto(table as never)
        .values(rows.slice(at, at + 500) as never)
        .execute();
  };
  const account = uuidAt(9_000_000);
  await insert('account', [
    { uuid: account, name: 'bench', description: null, type: 'SystemAdmin', password: '', ...dates },
  ]);
  await insert('session', [
    {
      ...{ uuid: SESSION, accountUuid: account, userUuid: account, accountType: 'SystemAdmin' },
      ...{ expiredDate: Date.now() + 3_600_000, createDate: 1 },
    },
  ]);
  const plain = { description: null, state: 'Enabled', type: 'zstack', ...dates };
  const zones = Array.from({ length: ZONES }, (_, at) => uuidAt(1_000_000 + at));
  await insert(
    'zone',
    zones.map((uuid, at) => ({ uuid, name: `zone ${at}`, ...plain })),
  );
  await insert(
    'cluster',
    zones.map((zoneUuid, at) => ({
      ...{ uuid: uuidAt(2_000_000 + at), name: `cluster ${at}`, hypervisorType: 'KVM', zoneUuid, ...plain },
    })),
  );
  await insert(
    'host',
    Array.from({ length: HOSTS }, (_, at) => hostRow(at, zones[at % ZONES] ?? '')),
  );
}

function hostRow(at: number, zoneUuid: string) {
  return {
    ...{ uuid: uuidAt(at), name: `host ${at}`, description: 'row 3, place 7', zoneUuid },
    ...{ clusterUuid: uuidAt(2_000_000 + (at % ZONES)), managementIp: '192.0.2.1', hypervisorType: 'KVM' },
    ...{ state: at % 3 === 0 ? 'Disabled' : 'Enabled', status: 'Connected', cpuSockets: 2, cpuNum: 64 },
    ...{ totalCpuCapacity: 640, availableCpuCapacity: 500, totalMemoryCapacity: 2 ** 38 },
    ...{ availableMemoryCapacity: 2 ** 37, username: null, sshPort: null, createDate: 1, lastOpDate: 1 },
    ...{ keyHash: String(at), version: '2.2.0', heard: 1, why: null },
  };
}

/** The page's statements with what they answer as JSON, as often as it goes; a second's number. */
async function statements(seconds: number): Promise<number> {
  const end = performance.now() + seconds * 1000;
  const from = performance.now();
  let done = 0;
  const one = async () => {
    while (performance.now() < end) {
      await sql`select * from ${sql.table('session')} where uuid in (${SESSION})`.execute(store.tables);
      const { rows } = await sql`select * from ${sql.table('host')} where state = ${'Enabled'}
        and ${sql.ref('zoneUuid')} = ${PAGE.zone} order by uuid limit 100`.execute(store.tables);
      if (rows.length !== 100 || JSON.stringify({ inventories: rows }).length < 1_000)
        throw new Error('no page');
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: 8 }, one));
  return (done / (performance.now() - from)) * 1000;
}
