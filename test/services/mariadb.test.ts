import { afterAll, beforeAll, expect, test } from 'vitest';
import { Secret } from '../../src/api/secret-text.ts';
import { Database, isDatabasePassword } from '../../src/system/mariadb.ts';
import {
  accountsOf,
  nativeHash,
  sameMethods,
  setMethods,
  withBoth,
  withOnly,
  withSocket,
} from '../../src/system/mariadb-accounts.ts';
import { MariadbServer } from './servers.ts';

let server: MariadbServer;
beforeAll(async () => {
  server = await MariadbServer.create();
});
afterAll(() => server.remove());

test('two passwords for a while, then the new one alone; every host row', async () => {
  using root = await server.root();
  for (const host of ['localhost', '127.0.0.1', '%']) {
    await root.query('CREATE USER ?@? IDENTIFIED BY ?', ['two', host, 'old']);
  }
  const before = await accountsOf(root, 'two');
  expect(before.map(({ host }) => host)).toEqual(['%', '127.0.0.1', 'localhost']);
  const hash = nativeHash(new Secret('new'));
  for (const account of before) {
    await setMethods(root, { ...account, methods: withBoth(account.methods, hash) });
  }
  expect([await server.opens('two', 'old'), await server.opens('two', 'new')]).toEqual([true, true]);
  for (const account of before) {
    await setMethods(root, { ...account, methods: withOnly(account.methods, hash) });
  }
  expect([await server.opens('two', 'old'), await server.opens('two', 'new')]).toEqual([false, true]);
  for (const account of before) await setMethods(root, account);
  expect(await server.opens('two', 'old')).toBe(true);
  expect(await accountsOf(root, 'two')).toEqual(before);
});

const printable = String.fromCharCode(...Array.from({ length: 95 }, (_, at) => at + 32));

test.each([printable, '密码 пароль', 'x'.repeat(128), `'"\\; DROP`])(
  'hash of %s is the server’s own',
  async (text) => {
    using root = await server.root();
    const [row] = await root.query('SELECT PASSWORD(?) AS hash', [text]);
    expect(nativeHash(new Secret(text))).toBe(row?.hash);
  },
);

test('root’s password is asked of the server, although root needs none on the socket', async () => {
  using root = await server.root();
  const accounts = await accountsOf(root, 'root');
  const hash = nativeHash(new Secret('right'));
  for (const account of accounts) {
    await setMethods(root, { ...account, methods: withSocket(withOnly(account.methods, hash)) });
  }
  expect(await isDatabasePassword(server.socket, 'root', new Secret('right'))).toBe(true);
  expect(await isDatabasePassword(server.socket, 'root', new Secret('wrong'))).toBe(false);
  expect(process.geteuid?.()).toBe(0);
  (await server.root()).close();
  expect(sameMethods((await accountsOf(root, 'root'))[0]?.methods ?? [], accounts[0]?.methods ?? [])).toBe(
    false,
  );
});

test('faults say what is wrong and hold no password', async () => {
  const login = { user: 'root', password: new Secret('hidden-word') };
  const none = Database.open({ socket: '/nowhere.sock' }, login);
  await expect(none).rejects.toMatchObject({ kind: 'unavailable' });
  const wrong = await Database.open(server.tcp, login).catch((thrown) => thrown);
  expect(wrong).toMatchObject({ kind: 'refused' });
  expect(JSON.stringify(wrong.toRecord())).not.toContain('hidden-word');
  using root = await server.root();
  const bad = await root.query(`SELEKT 'hidden-word'`).catch((thrown) => thrown);
  expect(bad).toMatchObject({ kind: 'failed' });
  expect(String(bad)).not.toContain('hidden-word');
});
