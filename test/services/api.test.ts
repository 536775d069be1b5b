import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Caller } from '../../src/api/action.ts';
import { connect } from '../../src/api/client.ts';
import { Fault } from '../../src/api/fault.ts';
import { LIMITS, type Limits, type Reply, serve } from '../../src/api/server.ts';
import { say } from '../../src/api/words.ts';
import { listenOn } from '../../src/system/listen.ts';
import { identify } from '../../src/system/peer.ts';

const hello = { program: 'script', line: '-', version: '1' };
const HELLO = `${JSON.stringify({ hello })}\n`;

let folder: string;
let path: string;
let serving: ReturnType<typeof serve> | undefined;
const left: Caller[] = [];
const log: string[] = [];

type Call = (caller: Caller, action: string, input: unknown, reply: Reply) => Promise<unknown>;

async function start(call: Call, limits: Partial<Limits> = {}): Promise<void> {
  serving = serve(await listenOn(path), {
    hello: { version: '2.2.0', role: 'compute' },
    limits: { ...LIMITS, ...limits },
    identify,
    call,
    left: (caller) => left.push(caller),
    log: (text) => log.push(text),
  });
}

/** A client that knows nothing of the protocol: what it got, and whether it was ended. */
function raw(): { socket: Socket; got: () => string; ended: Promise<void> } {
  const socket = createConnection(path);
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  socket.on('error', () => {});
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  return { socket, got: () => text, ended };
}

const echo: Call = async (caller, action, input) => ({ caller, action, input });
const waits: Call = (_caller, _action, _input, { signal }) =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve('stopped')));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zs-wire-'));
  path = join(folder, 'test.sock');
  left.length = 0;
  log.length = 0;
});

afterEach(async () => {
  serving?.close();
  await rm(folder, { recursive: true });
});

test('a call goes there and back, with the caller as the kernel knows it', async () => {
  await start(echo);
  const connection = await connect(path, hello);
  expect(connection.server).toEqual({ version: '2.2.0', role: 'compute' });
  const answer = await connection.call({ name: 'some.action' }, { a: 1 });
  expect(answer).toMatchObject({ action: 'some.action', input: { a: 1 } });
  expect(answer).toMatchObject({ caller: { uid: process.getuid?.(), pid: process.pid, program: 'script' } });
  connection.close();
  expect(await connection.closed).toBeUndefined();
  await vi.waitFor(() => expect(left).toHaveLength(1), { timeout: 15_000 });
});

test('items and progress come before the answer, in order, and calls overlap', async () => {
  await start(async (_caller, action, _input, reply) => {
    for (const item of [1, 2, 3]) reply.item(`${action} ${item}`);
    reply.progress({ words: say('half', '一半'), fraction: 0.5 });
    await sleep(action === 'slow' ? 50 : 0);
    return action;
  });
  const connection = await connect(path, hello);
  const seen: unknown[] = [];
  const options = { onItem: (item: unknown) => seen.push(item), onProgress: () => seen.push('progress') };
  const slow = connection.call({ name: 'slow' }, {}, options).then((answer) => seen.push(answer));
  const quick = connection.call({ name: 'quick' }, {}).then((answer) => seen.push(answer));
  await Promise.all([slow, quick]);
  expect(seen).toEqual(['slow 1', 'slow 2', 'slow 3', 'progress', 'quick', 'slow']);
  connection.close();
});

test('a fault arrives with all it says; a defect is logged and arrives as internal', async () => {
  const fault = new Fault('usage', say('no', '不'), { field: 'address', next: say('again', '再来') });
  await start(async (_caller, action) => {
    throw action === 'usage' ? fault : new Error('a bug');
  });
  const connection = await connect(path, hello);
  const thrown = await connection.call({ name: 'usage' }, {}).catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(Fault);
  expect(Fault.from(thrown).toRecord()).toEqual(fault.toRecord());
  await expect(connection.call({ name: 'other' }, {})).rejects.toMatchObject({ kind: 'internal' });
  expect(log).toHaveLength(1);
  connection.close();
});

test('cancelling asks the other side, whose answer is still the answer', async () => {
  await start(waits);
  const connection = await connect(path, hello);
  const abort = new AbortController();
  const answer = connection.call({ name: 'wait' }, {}, { signal: abort.signal });
  abort.abort();
  expect(await answer).toBe('stopped');
  connection.close();
});

test('a connection that ends stops what it asked for, and what waits fails', async () => {
  const stopped: string[] = [];
  await start(async (...call) => {
    await waits(...call);
    stopped.push(call[1]);
  });
  const connection = await connect(path, hello);
  const answer = connection.call({ name: 'wait' }, {});
  connection.close();
  await expect(answer).rejects.toMatchObject({ kind: 'unavailable' });
  await vi.waitFor(() => expect(stopped).toEqual(['wait']), { timeout: 15_000 });
  await expect(connection.call({ name: 'late' }, {})).rejects.toMatchObject({ kind: 'unavailable' });
});

test('nobody there is told apart from a socket that may not be used', async () => {
  await expect(connect(path, hello)).rejects.toMatchObject({ kind: 'unavailable' });
  await start(echo);
  serving?.close();
  await expect(connect(path, hello)).rejects.toMatchObject({ kind: 'unavailable' });
});

test.each([
  ['nonsense', 'nonsense\n'],
  ['no hello', '{"id":1,"action":"a.b"}\n'],
  ['not UTF-8', Buffer.from([0xc3, 0x28, 10])],
  ['a line without end', 'x'.repeat(70_000)],
  ['a second hello', HELLO + HELLO],
  ['an id twice', `${HELLO}{"id":1,"action":"wait"}\n{"id":1,"action":"wait"}\n`],
])('%s gets one fault, then the connection ends', async (_name, bytes) => {
  await start(waits);
  const client = raw();
  client.socket.write(bytes);
  await client.ended;
  const faults = client
    .got()
    .split('\n')
    .filter((line) => line.includes('"fault"'));
  expect(faults).toHaveLength(1);
  expect(JSON.parse(faults[0] ?? '')).toMatchObject({ fault: { kind: 'usage' } });
  await vi.waitFor(() => expect(serving?.connections()).toBe(0), { timeout: 15_000 });
});

test('random bytes never bring the server down', async () => {
  await start(echo);
  for (let round = 0; round < 200; round += 1) {
    const client = raw();
    const bytes = Buffer.from(
      Array.from({ length: 300 }, (_, index) => (index * 7919 + round * 104_729) % 256),
    );
    client.socket.write(
      round % 2 === 0 ? bytes : Buffer.concat([Buffer.from(HELLO), bytes, Buffer.from('\n')]),
    );
    await client.ended;
  }
  const connection = await connect(path, hello);
  expect(await connection.call({ name: 'still' }, {})).toMatchObject({ action: 'still' });
  connection.close();
});

test('a client that says nothing, or a byte now and then, is ended in time', async () => {
  await start(echo, { lineTime: 300 });
  const silent = raw();
  const slow = raw();
  slow.socket.write(HELLO);
  const drip = setInterval(() => slow.socket.write(' '), 50);
  const begun = performance.now();
  await Promise.all([silent.ended, slow.ended]);
  clearInterval(drip);
  expect(performance.now() - begun).toBeLessThan(15_000);
  expect(silent.got()).toContain('took too long');
  expect(slow.got()).toContain('took too long');
});

test('a client that greeted may be silent for as long as it likes', async () => {
  await start(echo, { lineTime: 500 });
  const connection = await connect(path, hello);
  await sleep(1500);
  expect(await connection.call({ name: 'late' }, {})).toMatchObject({ action: 'late' });
  connection.close();
});

test('a client that never reads is dropped when its queue is full; others go on', async () => {
  await start(
    async (_caller, action, _input, { item, signal }) => {
      while (action === 'flood' && !signal.aborted) {
        item('x'.repeat(1000));
        await new Promise((resolve) => setImmediate(resolve));
      }
      return action;
    },
    { queue: 256 * 1024 },
  );
  const client = raw();
  await new Promise((resolve) => client.socket.once('connect', resolve));
  client.socket.pause();
  client.socket.write(`${HELLO}{"id":1,"action":"flood"}\n`);
  const other = await connect(path, hello);
  await vi.waitFor(() => expect(serving?.connections()).toBe(1), { timeout: 15_000 });
  expect(await other.call({ name: 'fine' }, {})).toBe('fine');
  other.close();
  client.socket.destroy();
});

test('too many requests at once are told so, and the connection lives', async () => {
  await start((...call) => (call[1] === 'wait' ? waits(...call) : echo(...call)), { requests: 3 });
  const connection = await connect(path, hello);
  const abort = new AbortController();
  const waiting = [1, 2, 3].map(() => connection.call({ name: 'wait' }, {}, { signal: abort.signal }));
  await expect(connection.call({ name: 'echo' }, {})).rejects.toThrow('too many requests');
  abort.abort();
  await Promise.all(waiting);
  expect(await connection.call({ name: 'echo' }, {})).toMatchObject({ action: 'echo' });
  connection.close();
});

test('an answer beyond the limit becomes a fault of its call alone', async () => {
  await start(async (_caller, action) => (action === 'big' ? 'x'.repeat(2 ** 21) : action));
  const connection = await connect(path, hello);
  await expect(connection.call({ name: 'big' }, {})).rejects.toThrow('too long');
  expect(await connection.call({ name: 'small' }, {})).toBe('small');
  connection.close();
});

test('10,000 connections: the limit holds, the surplus is told, the server stays', async () => {
  await start(echo, { connections: 64 });
  const held = await Promise.all(Array.from({ length: 64 }, () => connect(path, hello)));
  let told = 0;
  for (let batch = 0; batch < 100; batch += 1) {
    const clients = Array.from({ length: 100 }, () => raw());
    await Promise.all(clients.map(({ ended }) => ended));
    told += clients.filter(({ got }) => got().includes('too many connections')).length;
  }
  expect(told).toBe(10_000);
  expect(serving?.connections()).toBe(64);
  expect(await held[0]?.call({ name: 'alive' }, {})).toMatchObject({ action: 'alive' });
  for (const connection of held) connection.close();
  await vi.waitFor(() => expect(serving?.connections()).toBe(0), { timeout: 15_000 });
  const late = await connect(path, hello);
  late.close();
});

const isRoot = process.getuid?.() === 0;

describe.skipIf(!isRoot)('another user (needs root to become one)', () => {
  async function stranger(count: number): Promise<string[]> {
    const program = resolve(import.meta.dirname, 'stranger.ts');
    const argv = [
      '--reuid=65534',
      '--regid=65534',
      '--clear-groups',
      resolve('node_modules/.bin/node'),
      program,
    ];
    const { stdout } = await promisify(execFile)('setpriv', [...argv, path, String(count)]);
    return JSON.parse(stdout);
  }

  test('may not use a socket that is not for it', async () => {
    await start(echo);
    await chmod(folder, 0o755);
    expect(await stranger(1)).toEqual(['no right to use the socket']);
  });

  test('gets a few connections and leaves room for others', async () => {
    await start(echo, { connectionsPerUser: 3 });
    await chmod(folder, 0o755);
    await chmod(path, 0o666);
    const refused = 'too many connections (3 at most)';
    expect(await stranger(5)).toEqual(['connected', 'connected', 'connected', refused, refused]);
    const own = await Promise.all(Array.from({ length: 10 }, () => connect(path, hello)));
    for (const connection of own) connection.close();
  });
});
