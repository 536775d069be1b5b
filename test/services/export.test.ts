import { once } from 'node:events';
import { linkSync, mkdirSync, readdirSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rangeOf } from '../../src/export/range.ts';
import { exportServer } from '../../src/export/serve.ts';
import { partyOf } from '../../src/system/connections.ts';
import { openFolder, until } from './servers.ts';

const TOKEN = 'abcdefghijklmnopqrstu1';
const OLD = 'abcdefghijklmnopqrstu2';
const LOG = `line one\n<script>alert(1)</script>\n中文 \u0000\u0001 end\n`;
const root = openFolder('export-');
let now = 1_000;
const server = exportServer({ root, now: () => now });
let port = 0;

beforeAll(async () => {
  for (const token of [TOKEN, OLD]) mkdirSync(join(root, token, 'node-1'), { recursive: true });
  writeFileSync(
    join(root, `${TOKEN}.json`),
    JSON.stringify({ title: 'Logs <1>', expires: 2_000, whole: 'all.tar.gz' }),
  );
  writeFileSync(join(root, `${OLD}.json`), JSON.stringify({ title: 'old', expires: 500 }));
  const share = join(root, TOKEN);
  writeFileSync(join(share, 'node-1', 'a "b" &.log'), LOG);
  writeFileSync(join(share, 'page.html'), '<h1>x</h1>');
  writeFileSync(join(share, 'all.tar.gz'), Buffer.from([0x1f, 0x8b, 0]));
  writeFileSync(join(share, 'empty.txt'), '');
  writeFileSync(join(share, '.hidden'), 'x');
  symlinkSync('/etc/passwd', join(share, 'link.txt'));
  symlinkSync('/etc', join(share, 'etc'));
  linkSync(join(share, 'page.html'), join(share, 'hard.txt'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(root, { recursive: true });
});

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** As it is written: no client tidies the path up. */
const ask = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> =>
  new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, headers, method }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text) => {
        body += text;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
      );
    })
      .on('error', reject)
      .end();
  });

test('the listing names files and folders, neither links nor hidden ones', async () => {
  const { status, body, headers } = await ask(`/${TOKEN}/`);
  expect(status).toBe(200);
  expect(headers['content-security-policy']).toContain("default-src 'none'");
  expect(body).toContain('<a href="node-1/">node-1/</a>');
  expect(body).toContain('href="all.tar.gz" download');
  expect(body).toContain('Logs &lt;1&gt;');
  for (const word of ['link.txt', 'etc', 'hidden', '<script']) expect(body).not.toContain(word);
  expect((await ask(`/${TOKEN}`)).headers.location).toBe(`/${TOKEN}/`);
});

test('a log is shown as plain text, byte for byte, whole and in parts', async () => {
  const path = `/${TOKEN}/node-1/${encodeURIComponent('a "b" &.log')}`;
  const whole = await ask(path);
  expect(whole.body).toBe(LOG);
  expect(whole.headers['content-type']).toBe('text/plain; charset=utf-8');
  const part = await ask(path, { Range: 'bytes=5-7' });
  expect([part.status, part.body, part.headers['content-range']]).toEqual([
    206,
    'one',
    `bytes 5-7/${Buffer.byteLength(LOG)}`,
  ]);
  expect((await ask(path, { Range: 'bytes=-4' })).body).toBe('end\n');
  expect((await ask(path, { Range: 'bytes=9999-' })).status).toBe(416);
  expect((await ask(path, { Range: 'bytes=0-3', 'If-Range': '"other"' })).status).toBe(200);
  expect((await ask(path, {}, 'HEAD')).body).toBe('');
  expect((await ask(`/${TOKEN}/page.html`)).headers['content-type']).toBe('text/plain; charset=utf-8');
  expect((await ask(`/${TOKEN}/all.tar.gz`)).headers['content-disposition']).toContain('attachment');
  expect((await ask(`/${TOKEN}/empty.txt`)).body).toBe('');
});

const ways = [
  '/',
  '',
  `/${TOKEN}/link.txt`,
  `/${TOKEN}/etc/passwd`,
  `/${TOKEN}/etc/`,
  `/${TOKEN}/../${TOKEN}.json`,
  `/${TOKEN}/..%2f${TOKEN}.json`,
  `/${TOKEN}.json`,
  `/${TOKEN}/%2e%2e/%2e%2e/etc/passwd`,
  `/${TOKEN}/%2e%2e%2f%2e%2e%2fetc%2fpasswd`,
  `/${TOKEN}/node-1/../../../../../etc/passwd`,
  `/${TOKEN}/node-1//../page.html`,
  `/${TOKEN}/..\\..\\etc\\passwd`,
  `/${TOKEN}/page.html%00.txt`,
  `/${TOKEN}/.hidden`,
  `/${TOKEN}/%ff`,
  `/${TOKEN}/page.html/`,
  '/etc/passwd',
  '//etc/passwd',
  `/${OLD}/`,
  `/${OLD}/node-1/`,
  `/${'x'.repeat(22)}/`,
];

test.each(ways)('no way out: %s', async (path) => {
  const { status, body } = await ask(path);
  if (path.endsWith('page.html/')) expect([200, 404]).toContain(status);
  else expect(status).toBe(404);
  expect(body).not.toContain('root:');
  expect(body).not.toContain('expires');
});

test('only reading', async () => {
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    expect((await ask(`/${TOKEN}/`, {}, method)).status).toBe(405);
  }
});

test('the address ends', async () => {
  now = 2_001;
  expect((await ask(`/${TOKEN}/page.html`)).status).toBe(404);
  now = 1_000;
});

test.each([
  [undefined, 10, 'whole'],
  ['bytes=0-', 10, { start: 0, end: 9 }],
  ['bytes=3-100', 10, { start: 3, end: 9 }],
  ['bytes=10-', 10, 'unsatisfiable'],
  ['bytes=-3', 10, { start: 7, end: 9 }],
  ['bytes=-30', 10, { start: 0, end: 9 }],
  ['bytes=-0', 10, 'unsatisfiable'],
  ['bytes=5-3', 10, 'whole'],
  ['bytes=0-1,3-4', 10, 'whole'],
  ['lines=0-1', 10, 'whole'],
  ['bytes=0-0', 0, 'unsatisfiable'],
])('range %s of %d', (header, size, range) => expect(rangeOf(header, size)).toEqual(range));

test('a large file comes whole, to a slow reader as well, and one that leaves frees the file', async () => {
  const bytes = Buffer.from(Array.from({ length: 3_000_001 }, (_, at) => (at * 7919) % 251));
  const path = join(root, TOKEN, 'large.bin');
  writeFileSync(path, bytes);
  const get = (take: (response: IncomingMessage) => Promise<void>) =>
    new Promise<void>((resolve, reject) => {
      request({ host: '127.0.0.1', port, path: `/${TOKEN}/large.bin` }, (response) => {
        take(response).then(resolve, reject);
      })
        .on('error', reject)
        .end();
    });
  await get(async (response) => {
    const parts: Buffer[] = [];
    for await (const part of response) {
      parts.push(part as Buffer);
      if (parts.length % 8 === 0) await new Promise((later) => setTimeout(later, 5));
    }
    expect(Buffer.concat(parts).equals(bytes)).toBe(true);
  });
  const open = () => readdirSync('/proc/self/fd').filter((fd) => linkOf(fd) === path).length;
  for (let round = 0; round < 5; round++) {
    await get(async (response) => {
      await new Promise((some) => response.once('data', some));
      response.destroy();
    });
  }
  await until(async () => (open() === 0 ? true : undefined), 30);
});

function linkOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return '';
  }
}

/** Connections that say nothing, from one address of the loop or another. */
const silent = async (count: number, localAddress: string): Promise<Socket[]> => {
  const sockets = Array.from({ length: count }, () => connect({ port, host: '127.0.0.1', localAddress }));
  for (const socket of sockets) socket.on('error', () => {}).resume();
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  return sockets;
};
const alive = (sockets: readonly Socket[]): number => sockets.filter(({ closed }) => !closed).length;

test('who says nothing holds no place that another one wants', async () => {
  const others = await silent(80, '127.0.0.2');
  expect((await ask(`/${TOKEN}/`)).status).toBe(200);
  await until(async () => alive(others) <= 16 || undefined, 30);
  expect(alive(others)).toBe(16);
  // All places, by four: whoever waits longest goes.
  const many = [others, ...(await Promise.all([3, 4, 5, 6].map((at) => silent(16, `127.0.0.${at}`))))];
  for (let round = 0; round < 8; round++) expect((await ask(`/${TOKEN}/`)).status).toBe(200);
  // One that is being served stays, however many come.
  writeFileSync(join(root, TOKEN, 'large.bin'), Buffer.alloc(50e6));
  const serving = await new Promise<IncomingMessage>((resolve, reject) =>
    request({ host: '127.0.0.1', port, path: `/${TOKEN}/large.bin` }, resolve)
      .on('error', reject)
      .end(),
  );
  const more = await silent(64, '127.0.0.7');
  for (const at of [8, 9, 10, 11]) more.push(...(await silent(16, `127.0.0.${at}`)));
  let bytes = 0;
  for await (const part of serving) bytes += (part as Buffer).length;
  expect(bytes).toBe(50e6);
  // Patience ends soon for all of them.
  const from = performance.now();
  const all = [...many.flat(), ...more];
  await until(async () => alive(all) === 0 || undefined, 30);
  expect(performance.now() - from).toBeLessThan(30_000);
});

test.each([
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['fe80::1%em01', 'fe80::1%em01'],
  ['::1', '0:0:0:0'],
])('%s counts as %s', (address, party) => expect(partyOf(address)).toBe(party));
