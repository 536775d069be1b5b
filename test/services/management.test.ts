import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { bracketed } from '../../src/api/host.ts';
import { openBus } from '../../src/management/bus/bus.ts';
import type { Health } from '../../src/management/health.ts';
import { ManagementService } from '../../src/management/service.ts';
import { openStore } from '../../src/management/store/store.ts';
import { brokerLogin } from '../../src/node/zstack/settings.ts';
import { Properties } from '../../src/system/properties.ts';
import { freePort, MariadbServer, openFolder, RabbitServer, until } from './servers.ts';

const WORD = 'service "word"';
let database: MariadbServer;
let rabbit: RabbitServer;
let folder: string;

beforeAll(async () => {
  [database, rabbit] = await Promise.all([MariadbServer.create(), RabbitServer.create()]);
  using root = await database.root();
  await root.query('CREATE DATABASE zstack CHARACTER SET utf8mb4');
  for (const host of ['localhost', '127.0.0.1']) {
    await root.query('CREATE USER ?@? IDENTIFIED BY ?', ['zstack', host, WORD]);
    await root.query('GRANT ALL ON zstack.* TO ?@?', ['zstack', host]);
  }
  await rabbit.ctl(['add_user', 'zstack'], `${WORD}\n`);
  await rabbit.ctl(['set_permissions', 'zstack', '.*', '.*', '.*']);
});
afterAll(() => Promise.all([database.remove(), rabbit.remove()]));

beforeEach(() => {
  folder = openFolder('management-');
  return () => rmSync(folder, { recursive: true });
});

const cluster = (): Properties =>
  Properties.parse(
    `DB.url = jdbc:mysql://127.0.0.1:${database.port}\nDB.user = zstack\nDB.password = ${WORD}\nCloudBus.serverIp.0 = 127.0.0.1:${rabbit.port}\nCloudBus.rabbitmqUsername = zstack\nCloudBus.rabbitmqPassword = ${WORD}\n`,
  );

const logged: string[] = [];
async function started(properties: Properties) {
  const port = await freePort();
  const options = {
    properties,
    state: join(folder, 'state'),
    images: { servers: join(folder, 'images'), imports: join(folder, 'import') },
    version: '2.2.0',
    host: '127.0.0.1',
    port,
    log: (text: string) => logged.push(text),
  };
  const service = await ManagementService.start(options);
  const health = async () => {
    const response = await fetch(`http://127.0.0.1:${port}/health`);
    return { status: response.status, health: (await response.json()) as Health };
  };
  return { service, health, options };
}

describe.each(['embedded', 'cluster'] as const)('%s', (engine) => {
  const properties = () => (engine === 'embedded' ? Properties.parse('') : cluster());

  test('ready, and again after a restart on the same store', async () => {
    for (let round = 0; round < 2; round++) {
      const { service, health } = await started(properties());
      const kinds =
        engine === 'embedded'
          ? { store: { kind: 'embedded' }, bus: { kind: 'in-process' } }
          : { store: { kind: 'MariaDB' }, bus: { kind: 'RabbitMQ' } };
      expect(await health()).toMatchObject({
        status: 200,
        health: { ready: true, pid: process.pid, ...kinds },
      });
      await service.stop();
    }
  });

  test('a message reaches every listener of its topic, and no other', async () => {
    const bus = await openBus(brokerLogin(properties()));
    const seen: unknown[] = [];
    const ends = await Promise.all([
      bus.subscribe('host.changed', (message) => seen.push(['a', message])),
      bus.subscribe('host.changed', (message) => seen.push(['b', message])),
      bus.subscribe('vm.changed', (message) => seen.push(['c', message])),
    ]);
    bus.publish('host.changed', { uuid: '中' });
    // A topic of this name is one like any other, also when nobody listens.
    bus.publish('error', {});
    await until(async () => (seen.length >= 2 ? true : undefined));
    for (const end of ends) await end();
    await bus.close();
    expect(seen.sort()).toEqual([
      ['a', { uuid: '中' }],
      ['b', { uuid: '中' }],
    ]);
  });
});

test('between two services each hears the other once, and itself also while the broker is away', async () => {
  const [one, other] = [await openBus(brokerLogin(cluster())), await openBus(brokerLogin(cluster()))];
  const [atOne, atOther]: [unknown[], unknown[]] = [[], []];
  await one.subscribe('vm.changed', (message) => atOne.push(message));
  await other.subscribe('vm.changed', (message) => atOther.push(message));
  one.publish('vm.changed', 1);
  other.publish('vm.changed', 2);
  await until(async () => (atOne.length >= 2 && atOther.length >= 2 ? true : undefined));
  await rabbit.stop();
  await until(async () =>
    one.ask().then(
      () => undefined,
      () => true,
    ),
  );
  one.publish('vm.changed', 3);
  await rabbit.start();
  await Promise.all([until(() => one.ask().then(() => true)), until(() => other.ask().then(() => true))]);
  // Its listeners are there again some moments after it.
  await until(async () => {
    other.publish('vm.changed', 4);
    return atOne.includes(4) || undefined;
  });
  expect(atOne.slice(0, 3).sort()).toEqual([1, 2, 3]);
  expect(atOther.slice(0, 2).sort()).toEqual([1, 2]);
  expect(atOther).not.toContain(3);
  await Promise.all([one.close(), other.close()]);
}, 300_000);

test('the database goes away and comes back: health says so, the service stays', async () => {
  const { service, health } = await started(cluster());
  await database.stop();
  const down = await until(async () => {
    const answer = await health();
    return answer.status === 503 ? answer : undefined;
  });
  expect(down.health).toMatchObject({ ready: false, store: { why: expect.stringContaining('MariaDB') } });
  expect(JSON.stringify(down.health)).not.toContain('word');
  await database.start();
  await until(async () => ((await health()).status === 200 ? true : undefined));
  await service.stop();
});

test('the service ends although the database is away or does not answer', async () => {
  for (const away of ['gone', 'frozen'] as const) {
    const { service } = await started(cluster());
    if (away === 'gone') await database.stop();
    else database.freeze();
    await service.stop();
    if (away === 'gone') await database.start();
    else database.thaw();
    expect(
      logged.some((line) => line.startsWith('store at the end: ')),
      away,
    ).toBe(true);
    logged.length = 0;
  }
});

test('another machine is told whether it is ready, and no reason', async () => {
  const port = await freePort();
  const service = await ManagementService.start({
    ...{ properties: Properties.parse(''), state: join(folder, 'state'), version: '2.2.0', log: () => {} },
    ...{ host: '::', port, images: { servers: folder, imports: folder } },
  });
  try {
    const told = async (host: string) => (await fetch(`http://${host}:${port}/health`)).json();
    for (const host of ['127.0.0.1', '[::1]'])
      expect(await told(host)).toMatchObject({ ready: true, pid: process.pid });
    for (const host of outside()) expect(await told(host), host).toEqual({ ready: true });
  } finally {
    await service.stop();
  }
});

/** Addresses of this machine's NICs: who comes by one of them comes from there. */
function outside(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((own) => own ?? []);
  const found = all
    .filter(({ internal, scopeid }) => !internal && !scopeid)
    .map(({ address }) => bracketed(address));
  expect(found.length).toBeGreaterThan(0);
  return found;
}

test('what does not come up is named, with what to do', async () => {
  const wrong = cluster().with({ 'DB.password': 'hidden-word' });
  const fault = await started(wrong).catch((thrown) => thrown);
  expect(fault).toMatchObject({
    kind: 'unavailable',
    words: { en: expect.stringContaining('ER_ACCESS_DENIED') },
  });
  expect(JSON.stringify(fault.toRecord())).not.toContain('hidden-word');
  const broker = await started(cluster().with({ 'CloudBus.rabbitmqPassword': 'no' })).catch(
    (thrown) => thrown,
  );
  expect(broker.words.en).toContain('RabbitMQ');
  expect(broker.next.en).toContain('reset_rabbitmq');
});

test('a port that is taken is named', async () => {
  const { service, options } = await started(Properties.parse(''));
  await service.stop();
  const holder = createServer().listen(options.port, '127.0.0.1');
  await until(async () => holder.listening || undefined);
  await expect(ManagementService.start(options)).rejects.toMatchObject({
    kind: 'conflict',
    words: { en: expect.stringMatching(`port ${options.port} is held by .+ \\(pid ${process.pid}\\)`) },
  });
  holder.close();
});

test('the embedded store is whole after the process was killed', async () => {
  const store = await openStore(join(folder, 'state'), undefined);
  await store.database.insertInto('setting').values({ name: 'a', value: '1' }).execute();
  const again = await openStore(join(folder, 'state'), undefined);
  expect(await again.database.selectFrom('setting').select('value').execute()).toEqual([{ value: '1' }]);
  await again.close();
  await store.close();
});
