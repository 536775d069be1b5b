import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Secret } from '../../../src/api/secret-text.ts';
import { isDatabasePassword } from '../../../src/system/mariadb.ts';
import { filesWith } from '../../screens/search.ts';
import { killedAtMoments } from '../moments.ts';
import { MariadbServer, openFolder } from '../servers.ts';
import { World } from './world.ts';

const OLD = 'old # "service" \\ word';
const NEW = `new !"#$%&'()*+,-./:;<=>?@[\\]^_\`{|}~ 密码`;
const ROOT = 'old root word';

let server: MariadbServer;
let folder: string;
let world: World;

const place = (more: object = {}) => ({ folder, socket: server.socket, ...more });

beforeAll(async () => {
  server = await MariadbServer.create();
});
afterAll(() => server.remove());

beforeEach(async () => {
  folder = openFolder('passwords-');
  using root = await server.root();
  for (const host of ['localhost', '127.0.0.1', '%']) {
    await root.query('CREATE OR REPLACE USER ?@? IDENTIFIED BY ?', ['zstack', host, OLD]);
  }
  await root.query(
    'ALTER USER root@localhost IDENTIFIED VIA mysql_native_password USING PASSWORD(?) OR unix_socket',
    [ROOT],
  );
  world = new World(place());
  await write(world);
  await world.service.restart();
  await world.journal.recover();
  return () => rmSync(folder, { recursive: true });
});

const write = (one: World) =>
  one.write(
    `# kept\nDB.url = jdbc:mysql://127.0.0.1:${server.port}\nDB.user=zstack\nDB.password=${escaped(OLD)}\nlast = 1\n`,
  );
const escaped = (text: string) => text.replaceAll('\\', '\\\\');

const change = (one: World, more: object = {}) =>
  one.call('database.changeServicePassword', { rootPassword: ROOT, newPassword: NEW, ...more });

/** Which one holds in the database (every host row), in the configuration, and in the service that runs. */
async function holders(one: World): Promise<string[]> {
  const opens = await Promise.all([OLD, NEW].map((word) => server.opens('zstack', word)));
  const inText = async (text: string) => (text.includes(`DB.password=${escaped(OLD)}\n`) ? 'old' : 'new');
  const inDatabase = opens[0] === opens[1] ? 'both or none' : opens[0] ? 'old' : 'new';
  return [inDatabase, await inText(await one.configuration()), await inText(one.runsWith)];
}

test('new everywhere: database, configuration, service; the plain client logs in', async () => {
  await change(world);
  expect(await holders(world)).toEqual(['new', 'new', 'new']);
  expect(await world.configuration()).toMatch(
    /^# kept\nDB\.url = .*\nDB\.user=zstack\nDB\.password = .*\nlast = 1\n$/,
  );
  const options = join(folder, 'client.cnf');
  writeFileSync(options, `[client]\npassword="${NEW.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"\n`, {
    mode: 0o600,
  });
  const said = execFileSync('mariadb', [
    `--defaults-file=${options}`,
    ...['-h127.0.0.1', `-P${server.port}`, '-uzstack', '-NBe', 'SELECT 1'],
  ]);
  expect(said.toString()).toBe('1\n');
  expect(readdirSync(join(folder, 'data'))).toEqual(['journal']);
  expect(readdirSync(join(folder, 'data', 'journal'))).toEqual(['change-000000001.jsonl']);
});

test('wrong root password: named field, nothing changed', async () => {
  const fault = await change(world, { rootPassword: 'wrong' }).catch((thrown) => thrown);
  expect(fault).toMatchObject({ kind: 'refused', field: 'rootPassword' });
  expect(await holders(world)).toEqual(['old', 'old', 'old']);
});

test.each(['line\nbreak', '', 'x'.repeat(129)])(
  'new password %j is refused before anything is asked',
  async (newPassword) => {
    await expect(change(world, { newPassword })).rejects.toThrow();
  },
);

test('128 characters are taken', async () => {
  await change(world, { newPassword: '密'.repeat(128) });
  expect(await server.opens('zstack', '密'.repeat(128))).toBe(true);
});

test('the service does not come back with the new one: old everywhere, and said so', async () => {
  const stubborn = new World(place({ refuses: '[\\\\]^_' }));
  const fault = await change(stubborn).catch((thrown) => thrown);
  expect(fault).toMatchObject({ kind: 'failed', words: { en: 'the service does not start' } });
  expect(await holders(stubborn)).toEqual(['old', 'old', 'old']);
});

test('the database is down: said so, old everywhere', async () => {
  await server.stop();
  const down = await change(world).catch((thrown) => thrown);
  expect(down).toMatchObject({ kind: 'unavailable' });
  await server.start();
  expect(await holders(world)).toEqual(['old', 'old', 'old']);
});

test('a server that is read-only for accounts of services takes a new password from root', async () => {
  using root = await server.root();
  await root.query('SET GLOBAL read_only = 1');
  try {
    await change(world);
    expect(await holders(world)).toEqual(['new', 'new', 'new']);
  } finally {
    await root.query('SET GLOBAL read_only = 0');
  }
});

test('the embedded store has no such password', async () => {
  await world.write('management.server.ip = 10.0.0.1\n');
  await expect(change(world)).rejects.toMatchObject({ kind: 'conflict' });
});

test('root without the socket: the lifeline is opened with its password and stays', async () => {
  {
    using root = await server.root();
    await root.query('ALTER USER root@localhost IDENTIFIED VIA mysql_native_password USING PASSWORD(?)', [
      ROOT,
    ]);
  }
  await expect(server.root()).rejects.toMatchObject({ kind: 'refused' });
  await change(world);
  (await server.root()).close();
  expect(await holders(world)).toEqual(['new', 'new', 'new']);
});

test('root’s own: new one for every host row, the socket stays', async () => {
  await world.call('database.changeRootPassword', { rootPassword: ROOT, newPassword: NEW });
  const opens = (word: string) => isDatabasePassword(server.socket, 'root', new Secret(word));
  expect([await opens(ROOT), await opens(NEW)]).toEqual([false, true]);
  (await server.root()).close();
});

test('a client that logs in all the time with the configured password is never refused', async () => {
  let logins = 0;
  const failures: unknown[] = [];
  let going = true;
  const client = (async () => {
    while (going) {
      const text = await world.configuration();
      const password = text.includes('DB.password=') ? OLD : NEW;
      try {
        using database = await server.login('zstack', password);
        await database.query('SELECT 1');
        logins += 1;
      } catch (thrown) {
        // A login that read the configuration just before it was rewritten may come after the old one was dropped.
        if ((await world.configuration()) === text) failures.push(thrown);
      }
    }
  })();
  await change(world);
  going = false;
  await client;
  expect(failures).toEqual([]);
  expect(logins).toBeGreaterThan(3);
});

test('killed at every moment of a change: after recovery old or new everywhere', {
  timeout: 400_000,
}, async () => {
  const backup = openFolder('passwords-before-');
  cpSync(folder, backup, { recursive: true });
  const input = { rootPassword: ROOT, newPassword: NEW };
  const deed = { place: place(), action: 'database.changeServicePassword', input };
  const ends = await killedAtMoments(deed, 7, {
    look: async (where) => {
      const settled = await world.journal.recover();
      const [database = '', ...others] = await holders(world);
      expect(others, `${where}: ${settled[0]?.words.en}`).toEqual([database, database]);
      expect(settled.filter(({ outcome }) => outcome === 'stuck')).toEqual([]);
      return database;
    },
    again: () => reset(backup),
  });
  rmSync(backup, { recursive: true });
  expect(new Set(ends)).toEqual(new Set(['old', 'new']));
});

async function reset(backup: string): Promise<void> {
  rmSync(folder, { recursive: true });
  mkdirSync(folder, { mode: 0o755 });
  cpSync(backup, folder, { recursive: true });
  using root = await server.root();
  for (const host of ['localhost', '127.0.0.1', '%']) {
    await root.query('ALTER USER ?@? IDENTIFIED BY ?', ['zstack', host, OLD]);
  }
}

test('no secret in the journal, the progress, the server’s logs or a process list; the search finds a planted one', async () => {
  const words = ['new-word-4711', ROOT];
  using root = await server.root();
  await root.query('SET GLOBAL general_log_file = ?', [join(server.folder, 'run', 'general.log')]);
  await root.query('SET GLOBAL general_log = 1');
  let sampled = '';
  const sampling = setInterval(() => {
    sampled += execFileSync('ps', ['axeww', '-o', 'args'], { encoding: 'utf8' });
  }, 10);
  await change(world, { newPassword: 'new-word-4711' });
  await world.call('database.changeRootPassword', { rootPassword: ROOT, newPassword: 'new-word-4711' });
  await change(world, { rootPassword: 'wrong-word-0815' }).catch((thrown) =>
    world.progress.push(String(thrown)),
  );
  clearInterval(sampling);
  await root.query('SET GLOBAL general_log = 0');
  writeFileSync(join(folder, 'data', 'planted'), 'x new-word-4711 x');
  expect(filesWith(join(folder, 'data'), ...words)).toEqual([join(folder, 'data', 'planted')]);
  expect(filesWith(server.folder, 'ALTER USER').length).toBeGreaterThan(0);
  expect(filesWith(join(server.folder, 'run'), ...words, 'wrong-word-0815')).toEqual([]);
  const said = world.progress.join('\n') + sampled;
  for (const word of [...words, 'wrong-word-0815']) expect(said).not.toContain(word);
});
