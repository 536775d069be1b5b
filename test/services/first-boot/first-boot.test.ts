import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Secret } from '../../../src/api/secret-text.ts';
import { layoutOf } from '../../../src/node/zstack/layout.ts';
import { removeDrafts } from '../../../src/system/files.ts';
import { isDatabasePassword } from '../../../src/system/mariadb.ts';
import { readProperties } from '../../../src/system/properties.ts';
import { Broker, isBrokerPassword } from '../../../src/system/rabbitmq.ts';
import { randomOf, seed, tellSeed } from '../../fakes/random.ts';
import { freePort, MariadbServer, openFolder, RabbitServer } from '../servers.ts';
import type { World } from './child.ts';

const NODE = resolve('node_modules/.bin/node');
const CHILD = resolve(import.meta.dirname, 'child.ts');
/** Longest that each step is let go on before the cut, about as long as it takes. */
const MOST_MILLISECONDS = [10, 150, 10, 10, 4_000, 5, 1_000, 5];

let database: MariadbServer;
let rabbit: RabbitServer;
let folder: string;
let world: World;
let properties: string;
let marker: string;

beforeAll(async () => {
  [database, rabbit] = await Promise.all([MariadbServer.create(), RabbitServer.create()]);
  folder = openFolder('first-boot-');
  properties = layoutOf(folder).properties;
  marker = join(folder, 'config/first-boot');
  mkdirSync(join(folder, 'config'));
  writeFileSync(marker, '');
  world = {
    folder,
    socket: database.socket,
    databasePort: database.port,
    brokerPort: rabbit.port,
    brokerCommand: rabbit.command,
    brokerEnv: rabbit.env,
    apiPort: await freePort(),
  };
});
afterAll(async () => {
  await Promise.all([database.remove(), rabbit.remove()]);
  rmSync(folder, { recursive: true });
});

/** What it told; cut off some milliseconds after it told the step that `cut` names. */
async function firstBoot(
  more: Partial<World> = {},
  cut?: { step: number; after: number },
): Promise<string[]> {
  const child = spawn(NODE, [CHILD, JSON.stringify({ ...world, ...more })], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const told: string[] = [];
  const lines = createInterface(child.stdout);
  lines.on('line', (line) => {
    told.push(line);
    const steps = told.filter((one) => one.startsWith('step ')).length;
    if (line.startsWith('step ') && steps === cut?.step)
      void sleep(cut.after).then(() => child.kill('SIGKILL'));
  });
  await once(child, 'close');
  return told;
}

const isReady = (told: readonly string[]): boolean => told.at(-1)?.startsWith('ready') === true;

async function rows(sql: string): Promise<number> {
  using root = await database.root();
  return (await root.query(sql)).length;
}

async function asRoot(...statements: string[]): Promise<void> {
  using root = await database.root();
  for (const statement of statements) await root.query(statement);
}

const rootPassword = (): string => readFileSync(join(folder, 'config/mysql-root-password'), 'utf8').trim();

test('no room is said before anything is begun', async () => {
  const [said = '', ...more] = await firstBoot({ room: 1e15 });
  expect(said).toMatch(/^failed no room: .* free, 1000000000 MB are needed; free space in /);
  expect(more).toEqual([]);
  expect([existsSync(properties), existsSync(marker)]).toEqual([false, true]);
});

test('a database of somebody else stays as it is, and so does everything else', async () => {
  await asRoot('CREATE DATABASE zstack', 'CREATE TABLE zstack.VmInstanceVO (id INT)');
  const told = await firstBoot();
  expect(told.at(-1)).toMatch(
    /^failed MySQL has a database zstack with 1 tables .* stays as it is; take a dump/,
  );
  expect(await rows('SHOW TABLES IN zstack')).toBe(1);
  expect(await rows("SELECT 1 FROM mysql.global_priv WHERE User = 'zstack'")).toBe(0);
  expect([existsSync(properties), existsSync(marker)]).toEqual([false, true]);
  await asRoot('DROP DATABASE zstack');
});

test('cut off at a random moment of each step it goes on, and ends with passwords of its own everywhere', async () => {
  tellSeed();
  const random = randomOf(seed);
  const cutAt: string[] = [];
  for (const [index, most] of MOST_MILLISECONDS.entries()) {
    let after = Math.floor(random() * most);
    let told = await firstBoot({}, { step: index + 1, after });
    // What was over before the cut is cut sooner.
    while (isReady(told) && after > 0) {
      after = Math.floor(after / 2);
      told = await firstBoot({}, { step: index + 1, after });
    }
    cutAt.push(told.at(-1) ?? '');
  }
  console.log(`last words before each cut:\n${cutAt.join('\n')}`);
  // The last step or two may be over at once.
  expect(cutAt.slice(0, 6).filter((line) => line.startsWith('ready'))).toEqual([]);
  const told = await firstBoot();
  expect(told.at(-1)).toMatch(
    /^ready Management node ready: API at http:\/\/192\.0\.2\.7:8080; first account: admin,/,
  );
  expect(existsSync(marker)).toBe(false);
  const settings = await readProperties(properties);
  expect(settings.get('management.server.ip')).toBe('192.0.2.7');
  expect(statSync(properties).mode & 0o777).toBe(0o640);
  const password = settings.get('DB.password') ?? '';
  const broker = settings.get('CloudBus.rabbitmqPassword') ?? '';
  expect([password, broker, rootPassword()].map(({ length }) => length)).toEqual([32, 32, 32]);
  expect(new Set([password, broker, rootPassword()]).size).toBe(3);
  expect(await database.opens('zstack', password)).toBe(true);
  expect(await isDatabasePassword(database.socket, 'root', new Secret(rootPassword()))).toBe(true);
  expect(statSync(join(folder, 'config/mysql-root-password')).mode & 0o777).toBe(0o600);
  const opens = (user: string, word: string) =>
    isBrokerPassword({ host: '127.0.0.1', port: rabbit.port, user, password: new Secret(word) });
  expect([await opens('zstack', broker), await opens('guest', 'guest')]).toEqual([true, false]);
  const users = new Broker({ command: rabbit.command, env: rabbit.env });
  expect(await users.user('guest')).toBeUndefined();
  expect(readFileSync(join(folder, 'rabbitmq/rabbitmq-env.conf'), 'utf8')).toBe(
    'NODENAME=rabbit@localhost\n',
  );
  expect(await rows('SHOW TABLES IN zstack')).toBeGreaterThan(2);
  // What a cut left half-written goes at the controller's start, which is no part of this.
  for (const path of [properties, join(folder, 'config/mysql-root-password')])
    await removeDrafts(dirname(path));
  expect(whereIs([password, broker, rootPassword()])).toEqual([
    'config/mysql-root-password',
    properties.slice(folder.length + 1),
  ]);
}, 1_200_000);

/** Files of the node, and of the servers' logs, that hold one of the words. */
function whereIs(words: readonly string[]): string[] {
  const own = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  );
  const holding = own.filter((name) => {
    const text = readFileSync(join(folder, name), 'latin1');
    return words.some((word) => text.includes(word));
  });
  const logs = [database.log, rabbit.log].filter((log) => words.some((word) => log.includes(word)));
  return [...holding.sort(), ...logs];
}

test('run again it changes nothing', async () => {
  const before = [readFileSync(properties, 'utf8'), rootPassword()];
  const told = await firstBoot();
  expect(told.at(-1)).toMatch(/^ready /);
  expect(told).toContain('MySQL’s root keeps its password');
  expect([readFileSync(properties, 'utf8'), rootPassword()]).toEqual(before);
});

test('a database left from before is taken over with all that is in it, by a node without settings', async () => {
  await asRoot("INSERT INTO zstack.setting (name, value) VALUES ('left', 'from before')");
  rmSync(properties);
  const told = await firstBoot();
  expect(told).toContainEqual(
    expect.stringMatching(/^a database zstack of this service is there already, with \d+ tables/),
  );
  expect(told.at(-1)).toMatch(/^ready /);
  expect(await rows("SELECT 1 FROM zstack.setting WHERE value = 'from before'")).toBe(1);
  const password = (await readProperties(properties)).get('DB.password') ?? '';
  expect(await database.opens('zstack', password)).toBe(true);
});

test('a node that works with its own store goes on with it', async () => {
  const before = readFileSync(properties);
  rmSync(properties);
  const { store } = layoutOf(folder);
  mkdirSync(resolve(store, '..'), { recursive: true });
  writeFileSync(store, '');
  const told = await firstBoot();
  expect(told[0]).toMatch(/keeps its data in its own store, which stays/);
  expect(told.filter((line) => line.startsWith('step '))).toHaveLength(3);
  expect(told.at(-1)).toMatch(/^ready /);
  expect((await readProperties(properties)).get('DB.url')).toBeUndefined();
  rmSync(store);
  writeFileSync(properties, before);
});

test('MySQL’s root that the system’s root cannot be: refused, with the way out', async () => {
  await asRoot("ALTER USER root@localhost IDENTIFIED VIA mysql_native_password USING PASSWORD('left')");
  const told = await firstBoot();
  expect(told.at(-1)).toMatch(
    /^failed MySQL does not let the system’s root in without a password; change the MySQL root password once/,
  );
});
