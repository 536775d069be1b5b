import type { Kysely } from 'kysely';
import { expect, test } from 'vitest';
import { openBus } from '../../../src/management/bus/bus.ts';
import type { TablesOf } from '../../../src/management/define/table.ts';
import { LINK_TABLES } from '../../../src/management/hosts.ts';
import { whole } from '../../../src/management/jobs/transaction.ts';
import { Links } from '../../../src/management/link/links.ts';
import { Reports } from '../../../src/management/link/reports.ts';
import { TABLES } from '../../../src/management/resource/catalogue.ts';
import { firstCluster } from '../../../src/management/resource/host/clusters.ts';
import { admitHost, HostMembers, hadHost } from '../../../src/management/resource/host/members.ts';
import type { host } from '../../../src/management/resource/host/resource.ts';
import { Vault } from '../../../src/management/secrets/vault.ts';
import { EngineStore } from '../management-api/engine-store.ts';
import { ENGINES } from '../management-api/world.ts';
import { until } from '../servers.ts';

const MINUTE = 60_000;

test.each(ENGINES)(
  '%s: of several hosts that are the first at the same moment all are admitted',
  async (engine) => {
    const store = await EngineStore.open(engine, [...TABLES, ...LINK_TABLES]);
    try {
      const database = store.store.tables;
      const { uuid: clusterUuid } = await firstCluster(database);
      const names = ['one', 'two', 'three', 'four'];
      const admitted = names.map((name) =>
        whole(database, (own) => admitHost(own, { name, address: '192.0.2.1', keyHash: name, clusterUuid })),
      );
      expect(new Set(await Promise.all(admitted)).size).toBe(names.length);
      expect(await hadHost(database)).toBe(true);
    } finally {
      await store.end();
    }
  },
);

test.each(ENGINES)(
  '%s: a host whose end nobody could write is told as lost, one that lives is not',
  async (engine) => {
    const store = await EngineStore.open(engine, [...TABLES, ...LINK_TABLES]);
    const database = store.store.tables as Kysely<object>;
    const hosts = database.withTables<TablesOf<typeof host>>();
    const { uuid: clusterUuid } = await firstCluster(database);
    const admitted = (name: string) =>
      admitHost(database, { name, address: '192.0.2.1', keyHash: name, clusterUuid });
    const [silent, living] = [await admitted('silent'), await admitted('living')];
    await hosts.updateTable('host').set({ status: 'Connected' }).execute();
    await hosts
      .updateTable('host')
      .set({ heard: Date.now() - 10 * MINUTE })
      .where('uuid', '=', silent)
      .execute();
    const told: string[] = [];
    const members = new HostMembers(database, async (_, uuid) => void told.push(uuid));
    const bus = await openBus(undefined);
    const log = () => undefined;
    const links = new Links({
      ...{ database, bus, members, log, version: '2.2.0', grace: 0 },
      reports: new Reports({ database, follow: async () => undefined, log }),
      vault: new Vault(),
      addresses: () => [],
      came: () => undefined,
      beat: async () => MINUTE,
      atOnce: async () => 1,
    });
    await links.start();
    try {
      const states = () => hosts.selectFrom('host').select(['uuid', 'status', 'why']).execute();
      const rows = await until(async () => {
        const all = await states();
        // It is told after it is written.
        return all.some(({ status }) => status === 'Disconnected') && told.length > 0 ? all : undefined;
      }, 60);
      expect(rows).toContainEqual({
        uuid: silent,
        status: 'Disconnected',
        why: JSON.stringify({ en: 'no sign of life, and no link', zh: '没有存活信号，也没有连接' }),
      });
      expect(rows).toContainEqual({ uuid: living, status: 'Connected', why: null });
      expect(told).toEqual([silent]);
    } finally {
      links.stop();
      await bus.close();
      await store.end();
    }
  },
);
