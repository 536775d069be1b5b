import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Connection } from '../../src/api/client.ts';
import { addressFollowers } from '../../src/node/change-address/followers.ts';
import { resetNetwork } from '../../src/node/network/change/schema/reset.ts';
import { layoutOf } from '../../src/node/zstack/layout.ts';
import { Database } from '../../src/system/mariadb.ts';
import { make, mustMake, NetworkWorld, plan } from './network-world.ts';
import { MariadbServer, openFolder } from './servers.ts';

const SETTINGS = `# kept
management.server.ip = 192.0.2.4
CloudBus.serverIp.0 = 192.0.2.4:5672
DB.url = jdbc:mysql://127.0.0.1:3306
last = 1
`;
const MOVED = SETTINGS.replaceAll('192.0.2.4', '192.0.2.7');

let world: NetworkWorld;
let connection: Connection;
let properties: string;
let database: MariadbServer;

beforeAll(async () => {
  world = await NetworkWorld.start({
    nics: 2,
    nodeIni: 'network_evidence_seconds = 5\nnetwork_countdown_seconds = 10\n',
  });
  world.role = 'management';
  properties = layoutOf(join(world.folder, 'data')).properties;
  mkdirSync(dirname(properties), { recursive: true });
  writeFileSync(properties, SETTINGS, { mode: 0o640 });
  await world.startController();
  connection = await world.connect();
  await mustMake(connection, address('192.0.2.4'));
  database = await MariadbServer.create();
});
afterAll(async () => {
  connection?.close();
  await Promise.all([world?.end(), database?.remove()]);
});

const address = (to: string) => ({
  kind: 'setAddress' as const,
  link: 'em01',
  address: to,
  netmask: '24',
  gateway: '192.0.2.1',
});
const configuration = () => readFileSync(properties, 'utf8');

test('the plan says what follows, and what does not', async () => {
  const { steps, warnings } = await plan(connection, address('192.0.2.7'));
  expect(steps.map(({ words }) => words.en)).toContain(
    'Tell the services 192.0.2.7: management.server.ip, CloudBus.serverIp.0 in zstack.properties; the management service is restarted if it runs',
  );
  expect(warnings.map(({ en }) => en).join('\n')).toMatch(
    /accounts for 192\.0\.2\.4 could not be looked for: .*\n.*nodes that joined this one at 192\.0\.2\.4/,
  );
  expect(configuration()).toBe(SETTINGS);
});

test('the configuration follows a kept change and comes back with one that is taken back', async () => {
  await mustMake(connection, address('192.0.2.7'));
  expect(configuration()).toBe(MOVED);
  expect(readFileSync(join(world.folder, 'data/config/node.ini'), 'utf8')).toContain('192.0.2.7');
  await mustMake(connection, address('192.0.2.4'));
  expect(configuration()).toBe(SETTINGS);
  const { job } = await make(connection, { ...address('192.0.2.7'), gateway: '192.0.2.99' });
  expect(job.fault?.kind).toBe('failed');
  expect(configuration()).toBe(SETTINGS);
});

test('the controller is killed after the configuration followed: it comes back with the address', async () => {
  const killed = new Promise<void>((resolve) => {
    void make(connection, address('192.0.2.7'), {
      onPending: ({ doing }) => {
        if (doing.en.startsWith('Tell the services')) void world.killController().then(resolve);
      },
    }).catch(() => {});
  });
  await killed;
  connection.close();
  await world.startController();
  connection = await world.connect();
  const held = (await world.inside('ip', '-br', '-4', 'a', 'show', 'em01')).includes('192.0.2.7');
  expect(configuration()).toBe(held ? MOVED : SETTINGS);
  await mustMake(connection, address(held ? '192.0.2.4' : '192.0.2.8'));
});

test('the emergency reset tells them as well; a configuration that it could not tell is set right by setting the management network', async () => {
  const nodeIni = () => readFileSync(join(world.folder, 'data/config/node.ini'), 'utf8');
  await connection.call(resetNetwork, { nic: 'em02', method: 'static', address: '192.0.2.9', netmask: '24' });
  expect(configuration()).toBe(
    SETTINGS.replaceAll('192.0.2.4', '192.0.2.9').replaceAll('192.0.2.8', '192.0.2.9'),
  );
  expect(nodeIni()).toMatch(/management_address = 192\.0\.2\.9/);
  const stuck = SETTINGS.replaceAll('192.0.2.4', '10.20.0.4');
  writeFileSync(properties, stuck, { mode: 0o640 });
  const change = { kind: 'setManagement' as const, link: 'em02' };
  const { steps } = await plan(connection, change);
  expect(steps.map(({ words }) => words.en)).toContain(
    'Tell the services 192.0.2.9: management.server.ip, CloudBus.serverIp.0 in zstack.properties; the management service is restarted if it runs',
  );
  await mustMake(connection, change);
  expect(configuration()).toBe(stuck.replaceAll('10.20.0.4', '192.0.2.9'));
  const again = await plan(connection, change);
  expect(again.warnings.map(({ en }) => en)).toEqual(['Nothing to do: it is like that already.']);
});

test("what is handed out names the address of now: the one that is set while a link has it, else the NIC's", async () => {
  const program = fileURLToPath(new URL('./reachable-program.ts', import.meta.url));
  const reachable = async (setting: object) =>
    (await world.inside(process.execPath, program, JSON.stringify(setting))).trim();
  expect(await reachable({ managementAddress: '192.0.2.9' })).toBe('192.0.2.9');
  expect(await reachable({ managementAddress: '10.20.0.4', managementNic: 'em02' })).toBe('192.0.2.9');
  expect(await reachable({ managementAddress: '10.20.0.4' })).toBe('undefined');
  await world.inside('ip', 'addr', 'add', '198.51.100.9/24', 'dev', 'em01');
  expect(await reachable({ managementNic: 'em01' })).toBe('198.51.100.9');
  expect(await reachable({})).toBe('undefined');
  await world.inside('ip', 'route', 'add', 'default', 'via', '198.51.100.1');
  expect(await reachable({})).toBe('198.51.100.9');
});

test('accounts for the old address: copied with password and rights, and dropped on the side that lost', async () => {
  using root = await Database.open({ socket: database.socket }, { user: 'root' });
  for (const text of [
    'CREATE DATABASE zs_follow',
    "CREATE USER zs_svc@'192.0.2.4' IDENTIFIED BY 'word'",
    "GRANT SELECT, INSERT ON zs_follow.* TO zs_svc@'192.0.2.4'",
    "CREATE USER other@'192.0.2.4'",
    "CREATE USER other@'192.0.2.7'",
  ])
    await root.query(text);
  const rights = async (host: string) => {
    const rows = await root.query('SHOW GRANTS FOR ?@?', ['zs_svc', host]).catch(() => []);
    return rows.flatMap((row) => Object.values(row).map((text) => String(text).replaceAll(host, 'HOST')));
  };
  const before = await rights('192.0.2.4');
  const folder = openFolder('address-');
  const file = join(folder, 'zstack.properties');
  writeFileSync(file, `DB.url = jdbc:mysql://127.0.0.1:${database.port}\nmanagement.server.ip = 192.0.2.4\n`);
  let restarts = 0;
  const restart = async () => {
    restarts++;
    if (restarts === 1) throw new Error('it does not start');
  };
  const service = { standing: async () => 'running' as const, restart, start: restart, stop: restart };
  const followers = addressFollowers({ properties: file, databaseSocket: database.socket, service });
  const { following, warnings } = await followers.plan({ from: '192.0.2.4', to: '192.0.2.7' });
  if (following === undefined) throw new Error('nothing follows');
  expect(following.users).toEqual(['zs_svc']);
  expect(warnings).toHaveLength(1);
  await expect(followers.apply(following)).rejects.toThrow('it does not start');
  expect(await rights('192.0.2.7')).toEqual(before);
  await followers.undo(following);
  expect(await rights('192.0.2.7')).toEqual([]);
  expect(readFileSync(file, 'utf8')).toContain('192.0.2.4');
  await followers.undo(following);
  await followers.apply(following);
  await followers.forget(following);
  expect([await rights('192.0.2.4'), await rights('192.0.2.7')]).toEqual([[], before]);
  expect(readFileSync(file, 'utf8')).toContain('management.server.ip = 192.0.2.7');
  const [{ count } = { count: 0 }] = await root.query(
    "SELECT COUNT(*) AS count FROM mysql.global_priv WHERE User = 'other'",
  );
  expect(Number(count)).toBe(2);
});
