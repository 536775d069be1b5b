import type { AddressInfo } from 'node:net';
import { sql } from 'kysely';
import { Calls } from '../../src/management/calls/calls.ts';
import type { Catalogue } from '../../src/management/calls/doing.ts';
import { standard } from '../../src/management/calls/standard.ts';
import { Jobs } from '../../src/management/jobs/jobs.ts';
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
import { fill } from './api-fill.ts';
import { type Asked, LEAST_PAGE, PAGE, SESSION } from './api-rows.ts';

/**
 * `api-child.ts FOLDER [PORT USER]`: the API's server with rows in its store, a constant beside it, and, asked for by a
 * message, how often the same statements and their JSON are made by themselves.
 */
const [, , folder = '', port, user = ''] = process.argv;

const login = port === undefined ? undefined : { host: '127.0.0.1', port: Number(port), user };
const store = await openStore(folder, login);
await ensureTables(store.tables, store.kind, TABLES);
await fill(store.tables);

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
    'statements' in asked
      ? await statements(asked.statements, asked.seconds)
      : (http.server.address() as AddressInfo).port,
  );
});
process.send?.('ready');
process.on('SIGINT', () => process.exit(0));

/** The page's statements with what they answer as JSON, as often as it goes; a second's number. */
async function statements(kind: 'hosts' | 'vms', seconds: number): Promise<number> {
  const end = performance.now() + seconds * 1000;
  const from = performance.now();
  let done = 0;
  const one = async () => {
    while (performance.now() < end) {
      await sql`select * from ${sql.table('session')} where uuid in (${SESSION})`.execute(store.tables);
      const answer = JSON.stringify({ inventories: await (kind === 'hosts' ? hosts() : vms()) });
      if (answer.length < LEAST_PAGE) throw new Error('no page');
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: 8 }, one));
  return (done / (performance.now() - from)) * 1000;
}

type Row = Record<string, unknown>;

async function page(table: string, state: string): Promise<Row[]> {
  const { rows } = await sql<Row>`select * from ${sql.table(table)} where state = ${state}
    and ${sql.ref('zoneUuid')} = ${PAGE.zone} order by uuid limit 100`.execute(store.tables);
  if (rows.length !== 100) throw new Error('no page');
  return rows;
}

const hosts = () => page('host', 'Enabled');

/** VMs with their NICs and volumes: three statements, as an answer of the API has them. */
async function vms(): Promise<Row[]> {
  const rows = await page('vm_instance', 'Running');
  const uuids = sql.join(rows.map(({ uuid }) => uuid));
  const parts: Row[][] = [];
  for (const table of ['vm_nic', 'volume']) {
    const { rows: found } = await sql<Row>`select * from ${sql.table(table)}
      where ${sql.ref('vmInstanceUuid')} in (${uuids}) order by uuid`.execute(store.tables);
    parts.push(found);
  }
  const [nics, volumes] = parts.map((found) => Map.groupBy(found, ({ vmInstanceUuid }) => vmInstanceUuid));
  return rows.map((row) => ({ ...row, vmNics: nics?.get(row.uuid), allVolumes: volumes?.get(row.uuid) }));
}
