import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { KeepConnected, type Link } from '../../src/system/keep-connected.ts';

let folder: string;
let path: string;
let server: Server | undefined;
let keeper: KeepConnected<Link>;
let sockets: Socket[];
let log: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keep-'));
  path = join(folder, 'daemon', 'sock');
  server = undefined;
  sockets = [];
  log = [];
  keeper = new KeepConnected({
    socketPath: () => path,
    connect: () => open(path),
    onUp: async () => void log.push('up'),
    onDown: (why) => log.push(`down: ${why.en}`),
  });
});

afterEach(async () => {
  keeper.stop();
  await stopServer();
  rmSync(folder, { recursive: true });
});

function open(to: string): Promise<Link> {
  return new Promise((resolve, reject) => {
    const socket = connect(to);
    const closed = new Promise((end) => socket.once('close', () => end(new Error('it went away'))));
    socket.once('error', reject);
    socket.once('connect', () => resolve({ closed, close: () => socket.destroy() }));
  });
}

async function startServer(): Promise<void> {
  mkdirSync(join(folder, 'daemon'), { recursive: true });
  const started = createServer((socket) => sockets.push(socket.on('error', () => {})));
  server = started;
  await new Promise<void>((resolve) => started.listen(path, resolve));
}

async function stopServer(): Promise<void> {
  const stopping = server;
  server = undefined;
  for (const socket of sockets.splice(0)) socket.destroy();
  await new Promise((resolve) => (stopping ? stopping.close(resolve) : resolve(undefined)));
}

const last = (text: string) =>
  vi.waitFor(() => expect(log.at(-1)).toBe(text), { timeout: 30_000, interval: 10 });

test('a daemon whose folder is not there yet is connected as soon as it comes, without asking', async () => {
  await keeper.nudge();
  expect(log).toEqual([`down: ${path} does not exist`]);
  // Longer than the first pauses: it is the folder's appearing that counts.
  await vi.waitFor(() => expect(log.length).toBeGreaterThanOrEqual(3), { timeout: 20_000, interval: 20 });
  await startServer();
  await last('up');
});

test('after a restart of the daemon it is there again, and each loss is told with its reason', async () => {
  await startServer();
  await keeper.nudge();
  for (let i = 0; i < 3; i++) {
    await stopServer();
    await vi.waitFor(() => expect(log.some((line) => line.startsWith('down'))).toBe(true), {
      timeout: 15_000,
    });
    log = [];
    await startServer();
    await last('up');
  }
});

test('asking twice makes one connection; after the end none is made', async () => {
  await startServer();
  await Promise.all([keeper.nudge(), keeper.nudge()]);
  await vi.waitFor(() => expect(sockets).toHaveLength(1), { timeout: 15_000 });
  keeper.stop();
  await keeper.nudge();
  expect(log).toEqual(['up']);
});

test('a first reading that fails ends the connection, and it is tried again', async () => {
  let fails = true;
  keeper.stop();
  keeper = new KeepConnected({
    socketPath: () => path,
    connect: () => open(path),
    onUp: async () => {
      if (fails) throw new Error('not yet');
      log.push('up');
    },
    onDown: (why) => log.push(`down: ${why.en}`),
  });
  await startServer();
  await keeper.nudge();
  await last('down: it went away');
  fails = false;
  await last('up');
});
