import { expect, test } from 'vitest';
import { newUuid } from '../../../src/management/calls/doing.ts';
import { LINK_TABLES } from '../../../src/management/hosts.ts';
import { Reports } from '../../../src/management/link/reports.ts';
import type { ItemNews } from '../../../src/node/facts/schema/items.ts';
import { EngineStore } from '../management-api/engine-store.ts';
import { ENGINES } from '../management-api/world.ts';
import { until } from '../servers.ts';

const EPOCH = 'e'.repeat(32);
const LAST = 15;
const VMS = 10;

/** All that a host has, told for the nth time. */
function snapshot(seq: number): ItemNews {
  const items = Array.from({ length: VMS }, () => {
    const uuid = newUuid();
    return { kind: 'vm', uuid, item: { uuid, name: uuid, state: 'running' } } as const;
  });
  return { snapshot: { epoch: EPOCH, seq, kinds: ['vm'], items, more: false } };
}

test.each(ENGINES)(
  '%s: what many hosts report at once is written, and no link has to begin again',
  async (engine) => {
    const store = await EngineStore.open(engine, LINK_TABLES);
    try {
      const logged: string[] = [];
      const reports = new Reports({
        database: store.store.tables,
        follow: async () => undefined,
        log: (line) => logged.push(line),
      });
      const hosts = Array.from({ length: 12 }, newUuid);
      let failed = 0;
      await Promise.all(
        hosts.map(async (host) => {
          const hear = reports.listener(host, () => {
            failed += 1;
          });
          for (let seq = 1; seq <= LAST; seq++) {
            hear(snapshot(seq));
            const isStored = async () => (await reports.mark(host))?.seq === seq || failed > 0 || undefined;
            await until(isStored);
          }
        }),
      );
      expect({ failed, logged }).toEqual({ failed: 0, logged: [] });
    } finally {
      await store.end();
    }
  },
);
