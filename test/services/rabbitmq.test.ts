import { afterAll, beforeAll, expect, test } from 'vitest';
import { Secret } from '../../src/api/secret-text.ts';
import { Broker, brokerHash, isBrokerPassword } from '../../src/system/rabbitmq.ts';
import { freePort, RabbitServer } from './servers.ts';

let server: RabbitServer;
let broker: Broker;
beforeAll(async () => {
  server = await RabbitServer.create();
  broker = new Broker({ command: server.command, env: server.env });
  await server.ctl(['add_user', 'zstack'], 'first\n');
  await server.ctl(['set_permissions', 'zstack', '.*', '.*', '.*']);
});
afterAll(() => server.remove());

const opens = (text: string) =>
  isBrokerPassword({ host: '127.0.0.1', port: server.port, user: 'zstack', password: new Secret(text) });

const printable = String.fromCharCode(...Array.from({ length: 95 }, (_, at) => at + 32));

test.each([printable, '密码 пароль', 'x'.repeat(128)])(
  'password %s by its hash, and the old one by its own',
  async (text) => {
    const before = await broker.user('zstack');
    if (before === undefined) throw new Error('no user');
    expect([await opens('first'), await opens(text)]).toEqual([true, false]);
    await broker.putUser({ ...before, ...brokerHash(new Secret(text)) });
    expect([await opens('first'), await opens(text)]).toEqual([false, true]);
    await broker.putUser(before);
    expect([await opens('first'), await opens(text)]).toEqual([true, false]);
    expect(await broker.user('zstack')).toEqual(before);
  },
);

test('no such user; nobody listens; the broker is down', async () => {
  expect(await broker.user('nobody')).toBeUndefined();
  const login = { host: '127.0.0.1', port: await freePort(), user: 'zstack', password: new Secret('hidden') };
  await expect(isBrokerPassword(login)).rejects.toMatchObject({ kind: 'unavailable' });
  const elsewhere = new Broker({
    command: server.command,
    env: { ...server.env, RABBITMQ_NODENAME: 'none@localhost' },
  });
  const fault = await elsewhere.user('zstack').catch((thrown) => thrown);
  expect(fault).toMatchObject({ kind: 'unavailable' });
  expect(JSON.stringify(fault.toRecord())).not.toMatch(/cookie/i);
});

test('a broker that is held up for longer than its command waits for it is asked again', async () => {
  server.freeze();
  const thawing = setTimeout(() => server.thaw(), 12_000);
  try {
    expect((await broker.user('zstack'))?.name).toBe('zstack');
  } finally {
    clearTimeout(thawing);
    server.thaw();
  }
});

test('a broker whose name is pinned works under a hostname that has a dot and does not resolve', {
  timeout: 600_000,
}, async () => {
  const pinned = await RabbitServer.create('node-1.example.invalid');
  try {
    const there = new Broker({ command: pinned.command, env: pinned.env });
    await pinned.ctl(['add_user', 'zstack'], 'word\n');
    expect((await there.user('zstack'))?.name).toBe('zstack');
  } finally {
    await pinned.remove();
  }
});
