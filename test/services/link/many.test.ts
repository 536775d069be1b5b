import { afterAll, beforeAll, expect, test } from 'vitest';
import { listHosts, watchCounts } from '../../../src/node/cluster/schema/members.ts';
import { until } from '../servers.ts';
import { TestNode } from './node.ts';
import { LinkWorld } from './world.ts';

const HOSTS = 200;
/** Joins at once, as a room that is switched on does it. */
const AT_ONCE = 20;

let world: LinkWorld;
const nodes: TestNode[] = [];

beforeAll(async () => {
  world = await LinkWorld.start();
});
afterAll(async () => {
  await Promise.all(nodes.map((node) => node.end()));
  await world.end();
});

const connected = async (): Promise<number> => {
  const { hosts } = await (await world.local()).call(listHosts, {});
  return hosts.filter(({ status }) => status === 'Connected').length;
};

test('200 hosts join, are lost with the service, and are all back after its start', async () => {
  const { token, fingerprint } = await world.token({ uses: HOSTS });
  for (let begun = 0; begun < HOSTS; begun += AT_ONCE) {
    const more = Array.from({ length: AT_ONCE }, () => new TestNode());
    nodes.push(...more);
    await Promise.all(more.map((node) => node.join(world.linkPort, token, fingerprint)));
  }
  await until(async () => ((await connected()) === HOSTS ? true : undefined), 150);
  const late = new TestNode();
  nodes.push(late);
  await expect(late.join(world.linkPort, token, fingerprint)).rejects.toMatchObject({
    kind: 'refused',
  });
  await world.down();
  await world.up();
  await until(async () => ((await connected()) === HOSTS ? true : undefined), 150);
  const stop = new AbortController();
  const counts = await new Promise((told) => {
    void world
      .local()
      .then((local) => local.call(watchCounts, {}, { signal: stop.signal, onItem: told }))
      .catch(told);
  });
  stop.abort();
  expect(counts).toMatchObject({ hosts: { total: HOSTS, enabled: HOSTS, connected: HOSTS } });
}, 400_000);
