import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { flag, int, maybe, text, uuid } from '../../../src/management/define/fields.ts';
import { fieldsOf, table } from '../../../src/management/define/table.ts';
import { TABLES } from '../../../src/management/resource/catalogue.ts';
import { openStore, type Store } from '../../../src/management/store/store.ts';
import { ensureTables } from '../../../src/management/store/tables.ts';
import { until } from '../servers.ts';
import { EngineStore } from './engine-store.ts';
import { ApiWorld, ENGINES, HEADER } from './world.ts';

describe.each(ENGINES)('%s', (engine) => {
  let world: ApiWorld;
  let store: Store;
  const folder = mkdtempSync(join(tmpdir(), 'tables-'));

  beforeAll(async () => {
    world = await ApiWorld.start(engine);
    store = await openStore(folder, world.login);
  });
  afterAll(async () => {
    await store.close();
    await world.end();
    rmSync(folder, { recursive: true });
  });

  const columns = async (name: string) => {
    const tables = await store.tables.introspection.getTables();
    const found = tables.find((each) => each.name === name);
    return found?.columns.map((column) => [column.name, column.isNullable] as const).sort();
  };

  test('the tables are those of the definitions, and making them again changes nothing', async () => {
    await ensureTables(store.tables, store.kind, TABLES);
    await ensureTables(store.tables, store.kind, TABLES);
    for (const of of TABLES) {
      const wanted = fieldsOf(of).map(([name, { optional }]) => [name, optional] as const);
      expect(await columns(of.table), of.table).toEqual(wanted.sort());
    }
  });

  test('a table of an earlier version gets the columns that it lacks, and keeps its rows', async () => {
    const old = table('grows', { uuid: uuid(), name: text(64) });
    await ensureTables(store.tables, store.kind, [old]);
    await sql`insert into grows (uuid, name) values ('a', 'kept')`.execute(store.tables);
    const more = { size: int(), on: flag(), note: maybe(text()) };
    const wider = table('grows', { ...old.fields, ...more }, { index: [['size']] });
    for (let round = 0; round < 2; round++) await ensureTables(store.tables, store.kind, [wider]);
    const { rows } = await sql`select * from grows`.execute(store.tables);
    expect(rows).toEqual([{ uuid: 'a', name: 'kept', size: null, on: null, note: null }]);
  });

  test('migrations that a power cut kept from being noted are made again, over what is there', async () => {
    const own = await EngineStore.open(engine, []);
    await sql`insert into setting (name, value) values ('kept', 'yes')`.execute(own.store.tables);
    const noted = await sql<{ name: string }>`select name from kysely_migration order by name desc`.execute(
      own.store.tables,
    );
    for (const { name } of noted.rows)
      for (const before of [
        sql`create table management_node (uuid integer)`,
        sql`drop table management_node`,
      ]) {
        await before.execute(own.store.tables).catch(() => undefined);
        await sql`delete from kysely_migration where name >= ${name}`.execute(own.store.tables);
        await (await openStore(own.folder, own.login)).close();
      }
    expect(noted.rows).toHaveLength(2);
    const { rows } = await sql`select name, value from setting`.execute(own.store.tables);
    expect(rows).toEqual([{ name: 'kept', value: 'yes' }]);
    await own.end();
  });

  test('a row that belongs to another one cannot be without it', async () => {
    const orphan = sql`insert into cluster (uuid, name, state, hypervisorType, zoneUuid, type, createDate, lastOpDate)
      values ('c', 'c', 'Enabled', 'KVM', 'none', 'zstack', 0, 0)`;
    await expect(orphan.execute(store.tables)).rejects.toThrow(/foreign key/i);
  });
});

test('the database goes away and comes back: calls say so, in the shape of their wire, and tell no more', async () => {
  const world = await ApiWorld.start('MariaDB');
  try {
    await world.logIn();
    const query = () => world.rpc(`${HEADER}.zone.APIQueryZoneMsg`);
    expect((await query()).success).toBe(true);
    await world.database.stop();
    const error = { code: 'SYS.1010', details: 'the database does not answer' };
    expect(await query()).toMatchObject({ success: false, error });
    expect(await world.rest('GET', '/zones')).toMatchObject({ status: 503, json: { error } });
    const create = await world.rest('POST', '/zones', { params: { name: 'x' } });
    expect(create).toMatchObject({ status: 503, json: { error } });
    await world.database.start();
    await until(async () => ((await query()).success ? true : undefined));
    expect((await world.rest('GET', '/zones')).json.inventories).toEqual([]);
  } finally {
    await world.end();
  }
});
