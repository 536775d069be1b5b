import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { AddressChanged } from '../../src/node/change-address/schema.ts';
import { World, type WorldPlace } from './passwords/world.ts';
import { MariadbServer, openFolder } from './servers.ts';

/** An address of this machine besides the loop's own; the loop's second one where it has none. */
const IP =
  Object.values(networkInterfaces())
    .flatMap((own) => own ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.2';
const OLD = '192.0.2.4';

let server: MariadbServer;
let folder: string;
let world: World;

const place = (more: Partial<WorldPlace> = {}): WorldPlace => ({ folder, socket: server.socket, ...more });
const before = () =>
  `# kept\nmanagement.server.ip = ${OLD}\nDB.url = jdbc:mysql://127.0.0.1:${server.port}\nDB.user = zstack\nDB.password = x\nconsoleProxyOverriddenIp = ${OLD}\n`;

beforeAll(async () => {
  server = await MariadbServer.create();
  using root = await server.root();
  for (const host of ['localhost', OLD]) {
    await root.query('CREATE USER zstack@? IDENTIFIED BY ?', [host, 'x']);
    await root.query('GRANT ALL ON zstack.* TO zstack@?', [host]);
  }
});
afterAll(() => server.remove());

beforeEach(async () => {
  folder = openFolder('change-ip-');
  world = new World(place());
  writeFileSync(join(folder, 'hosts'), '127.0.0.1 localhost\n');
  writeFileSync(join(folder, 'node.ini'), `management_nic = em01\nmanagement_address = ${OLD}\n`);
  await world.write(before());
  await world.service.restart();
  await world.journal.recover();
  return () => rmSync(folder, { recursive: true });
});

const text = (name: string): string => readFileSync(join(folder, name), 'utf8');

async function hosts(): Promise<string[]> {
  using root = await server.root();
  const rows = await root.query("SELECT Host FROM mysql.global_priv WHERE User = 'zstack' ORDER BY Host");
  return rows.map(({ Host }) => String(Host));
}

const change = (one: World, more: object = {}) =>
  one.call<AddressChanged>('management.changeAddress', { ip: IP, ...more });

test('an address that no NIC has, and what is no address: nothing changes', async () => {
  expect(await change(world, { ip: '192.0.2.99' }).catch((thrown) => thrown)).toMatchObject({
    kind: 'conflict',
    field: 'ip',
  });
  for (const ip of ['192.0.2.300', 'node', '']) await expect(change(world, { ip })).rejects.toThrow();
  expect([await world.configuration(), text('hosts')]).toEqual([before(), '127.0.0.1 localhost\n']);
});

test('the service does not come back with it: all as before', async () => {
  const stubborn = new World(place({ refuses: IP }));
  await expect(change(stubborn)).rejects.toMatchObject({ words: { en: 'the service does not start' } });
  expect([await stubborn.configuration(), stubborn.runsWith]).toEqual([before(), before()]);
  expect(text('hosts')).toBe('127.0.0.1 localhost\n');
  expect(text('node.ini')).toBe(`management_nic = em01\nmanagement_address = ${OLD}\n`);
  expect(await hosts()).toEqual([OLD, 'localhost']);
});

test('everywhere at once; a second time there is nothing to do', async () => {
  const { done, warnings } = await change(world);
  const after = before().replaceAll(OLD, IP);
  expect([await world.configuration(), world.runsWith]).toEqual([after, after]);
  expect(text('hosts')).toBe(`127.0.0.1 localhost\n${IP} ${hostname()} # this node\n`);
  expect(text('node.ini')).toContain(`management_address = ${IP}\n`);
  expect(text('node.ini')).toContain('management_nic = em01\n');
  expect(await hosts()).toEqual([IP, 'localhost'].sort());
  expect(done.length).toBeGreaterThan(2);
  expect(warnings.map(({ en }) => en).join()).toContain('Not told by this version');
  expect((await change(world)).done).toEqual([]);
  // Database on another machine: only its host changes.
  rmSync(join(folder, 'runs-with'));
  await change(world, { database: '192.0.2.50' });
  expect(await world.configuration()).toContain(`DB.url = jdbc:mysql://192.0.2.50:${server.port}\n`);
  expect(existsSync(join(folder, 'runs-with'))).toBe(false);
});
