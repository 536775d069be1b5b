import { randomBytes } from 'node:crypto';
import { createServer, type Server, type Socket, connect as tcp } from 'node:net';
import { Duplex } from 'node:stream';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { Fault } from '../../../src/api/fault.ts';
import { say } from '../../../src/api/words.ts';
import { until } from '../servers.ts';
import { KeyGuest } from './guest.ts';
import { GRANT, outcome, ProxyWorld } from './world.ts';

const RFB = 'RFB 003.008\n';
let world: ProxyWorld;
let guest: KeyGuest;

beforeAll(async () => {
  world = await ProxyWorld.start();
  guest = await KeyGuest.start();
});
afterAll(async () => {
  await guest.end();
  await world.end();
});
beforeEach(() => {
  world.screen = guest.screen;
  world.holds = true;
  world.tickets.patience = 60_000;
});

const asked = async (path: string, init: RequestInit = {}) => {
  const answer = await fetch(`${world.url}${path}`, { redirect: 'manual', ...init });
  return { status: answer.status, text: await answer.text(), headers: answer.headers };
};

/** What a raw request is answered, until the other side ends it. */
const raw = (text: string): Promise<string> =>
  new Promise((done) => {
    const socket = tcp(world.port, '127.0.0.1', () => socket.write(text));
    let all = '';
    socket.on('data', (bytes) => {
      all += bytes;
    });
    socket.on('error', () => undefined);
    socket.on('close', () => done(all));
  });

test('without a token there is nothing: every path, method and upgrade gets the same 404', async () => {
  const stranger = randomBytes(32).toString('base64url');
  const paths = ['/', '/console.js', '/about.json', '/..%2f', `/${stranger}/`, `/${stranger}/console.js`];
  for (const path of [...paths, `/?token=${stranger}`, '/websockify', '//', '/%00/'])
    expect(await asked(path), path).toMatchObject({ status: 404, text: '' });
  for (const path of ['/', `/${stranger}/`, `/?token=${stranger}`, `/websockify?token=${stranger}`])
    expect(await outcome(world.client(path)), path).toBe('refused 404');
  const token = world.token();
  expect(await asked(`/${token}/`, { method: 'POST' })).toMatchObject({ status: 404, text: '' });
  expect(await asked(`/${token}/../../etc/passwd`)).toMatchObject({ status: 404 });
  expect(await asked(`/${token}/package.json`)).toMatchObject({ status: 404 });
});

test('with one: the page, which loads and runs only what is its own', async () => {
  const token = world.token();
  const page = await asked(`/${token}/`);
  expect(page.status).toBe(200);
  expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'/);
  expect(page.headers.get('referrer-policy')).toBe('no-referrer');
  expect(await asked(`/?token=${token}`)).toMatchObject({ status: 303 });
  expect(JSON.parse((await asked(`/${token}/about.json`)).text)).toEqual({ name: GRANT.name });
  expect((await asked(`/${token}/`, { method: 'HEAD' })).text).toBe('');
});

test('clients of all ages see the screen; a page of another machine does not', async () => {
  const token = world.token();
  for (const path of [
    `/${token}/`,
    `/?token=${token}`,
    `/websockify?token=${token}`,
    `/websockify/?token=${token}`,
  ]) {
    const client = world.client(path);
    expect(await outcome(client), path).toBe(RFB);
    expect(client.protocol).toBe('binary');
    client.terminate();
  }
  const ui = world.client(`/${token}/`, { origin: 'http://127.0.0.1:5000' });
  expect(await outcome(ui)).toBe(RFB);
  ui.terminate();
  for (const origin of ['http://evil.example', 'null', 'http://127.0.0.1.evil.example', 'file://'])
    expect(await outcome(world.client(`/${token}/`, { origin })), origin).toBe('refused 404');
});

test('a token ends: unused, by its session, withdrawn while somebody looks', async () => {
  const token = world.token();
  world.holds = false;
  expect(await outcome(world.client(`/${token}/`))).toBe('refused 404');
  world.holds = true;
  const client = world.client(`/${token}/`);
  expect(await outcome(client)).toBe(RFB);
  world.tickets.patience = 0;
  expect(world.tickets.find(token), 'not while somebody is connected').toBeDefined();
  const end = outcome(client);
  world.tickets.withdraw(({ session }) => session === GRANT.session);
  expect(await end).toBe('closed 4002');
  expect((await asked(`/${token}/`)).status).toBe(404);
  world.tickets.patience = 60_000;
  const unused = world.token();
  world.tickets.patience = 0;
  expect((await asked(`/${unused}/`)).status).toBe(404);
  expect(world.tickets.size).toBe(0);
});

test('withdrawn, not a byte more reaches the guest, whatever the client does', async () => {
  const { server, path, ends } = await silentGuest();
  world.screen = path;
  const client = world.client(`/${world.token()}/`);
  await new Promise((open) => client.once('open', open));
  const [end] = await until(async () => (ends.length > 0 ? ends : undefined));
  let heard = '';
  end?.on('data', (bytes) => {
    heard += bytes;
  });
  client.send('before ');
  await until(async () => heard === 'before ' || undefined);
  // It goes on as if it had not heard of the end.
  client.close = () => undefined;
  world.tickets.withdraw(() => true);
  const closed = new Promise((done) => end?.once('close', done));
  for (let round = 0; round < 20; round++) client.send('after ');
  await closed;
  expect(heard).toBe('before ');
  client.terminate();
  server.close();
});

test('why there is no screen reaches the page, in its language', async () => {
  world.screen = async () => {
    throw new Fault('unavailable', say(`no link: ${'é'.repeat(200)}`, '没有连接'));
  };
  const token = world.token();
  expect(await outcome(world.client(`/${token}/`))).toMatch(/^closed 4003 no link: é+$/);
  const client = world.client(`/${token}/`, { 'accept-language': 'zh-CN,zh;q=0.9' });
  expect(await outcome(client)).toBe('closed 4003 没有连接');
  expect(world.logged.at(-1)).toMatch(`console of VM ${GRANT.vm}: no link`);
  world.screen = '/nowhere.sock';
  expect(await outcome(world.client(`/${token}/`))).toBe('closed 4000');
  expect(world.logged.join('\n')).not.toContain(token);
});

test('a guest that ends ends the connection', async () => {
  const own = await KeyGuest.start();
  world.screen = own.screen;
  const client = world.client(`/${world.token()}/`);
  expect(await outcome(client)).toBe(RFB);
  const end = outcome(client);
  await own.end();
  expect(await end).toBe('closed 4000');
});

test('huge headers, messages and garbage end that connection alone', async () => {
  const token = world.token();
  const upgrade = `GET /${token}/ HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n`;
  expect(await raw(`${upgrade}X: ${'a'.repeat(1_000_000)}\r\n\r\n`)).toMatch(/^HTTP\/1.1 431|^$/);
  expect(await raw(`${upgrade}Sec-WebSocket-Version: 99\r\n\r\n`)).toMatch(/^HTTP\/1.1 4/);
  expect(await raw('\x16\x03\x01\x00\xa5garbage\r\n\r\n')).toMatch(/^HTTP\/1.1 400/);
  expect(await raw('GET http://[/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')).toMatch(
    /^HTTP\/1.1 404/,
  );
  const client = world.client(`/${token}/`);
  expect(await outcome(client)).toBe(RFB);
  const end = outcome(client);
  client.send(Buffer.alloc(2_000_000));
  expect(await end).toBe('closed 1009');
  const next = world.client(`/${token}/`);
  expect(await outcome(next)).toBe(RFB);
  next.terminate();
});

test('two thousand connections of one address that ask for nothing do not keep others out', async () => {
  // QEMU would take no more than 32 itself.
  const { server, path } = await silentGuest(RFB);
  world.screen = path;
  const sockets: Socket[] = [];
  for (let at = 0; at < 2_000; at++) {
    const socket = tcp(world.port, '127.0.0.1');
    socket.on('error', () => undefined);
    sockets.push(socket.resume());
  }
  const clients: WebSocket[] = [];
  for (let at = 0; at < 100; at++) clients.push(world.client(`/${world.token()}/`));
  expect(new Set(await Promise.all(clients.map(outcome)))).toEqual(new Set([RFB]));
  // Of some the kernel alone knows: its queue was full.
  await until(async () => sockets.filter(({ closed }) => closed).length > 1_200 || undefined);
  for (const socket of sockets) socket.destroy();
  for (const client of clients) client.terminate();
  server.close();
});

test('a reader that does not read holds the guest back, not the memory', async () => {
  let given = 0;
  world.screen = async () =>
    new Duplex({
      read() {
        given += 65_536;
        this.push(Buffer.alloc(65_536));
      },
      write: (_, __, done) => done(),
    });
  const client = world.client(`/${world.token()}/`);
  await new Promise((open) => client.once('open', open));
  client.pause();
  let last = -1;
  await until(async () => {
    const same = given > 0 && given === last;
    last = given;
    await new Promise((done) => setTimeout(done, 300));
    return same || undefined;
  });
  expect(given).toBeGreaterThan(0);
  expect(given).toBeLessThan(32_000_000);
  client.terminate();
});

/** A guest that only listens, after its greeting; its connections, as they come. */
async function silentGuest(greeting = ''): Promise<{ server: Server; path: string; ends: Socket[] }> {
  const ends: Socket[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    ends.push(socket);
    socket.write(greeting);
  });
  const path = `\0vm-console-${randomBytes(8).toString('hex')}`;
  await new Promise<void>((listening) => server.listen(path, listening));
  return { server, path, ends };
}
