import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { setSetting } from '../../src/node/system-settings/apply.ts';
import type { Around, SetSetting } from '../../src/node/system-settings/plan/steps.ts';
import { systemPlan } from '../../src/node/system-settings/plan.ts';
import { readRemoteLog, remoteLogKeeper } from '../../src/node/system-settings/remote-log.ts';
import type { UnitControl } from '../../src/node/system-settings/units.ts';
import { DOING } from '../fakes/doing.ts';
import { ended, openFolder, until } from './servers.ts';

/** A real rsyslogd on a socket of its own, and a server that takes what it sends. */

const folder = openFolder('rsyslog-');
const socket = join(folder, 'log');
const main = join(folder, 'rsyslog.conf');
const places = { main, folder: join(folder, 'rsyslog.d') };
const own = join(places.folder, '60-zs-node.conf');
let daemon: ReturnType<typeof spawn> | undefined;
let received = '';
let server: Server;

async function restart(): Promise<void> {
  await stop();
  rmSync(socket, { force: true });
  daemon = spawn('rsyslogd', ['-n', '-f', main, '-i', join(folder, 'pid')], { stdio: 'ignore' });
  await until(async () => existsSync(socket) || undefined);
}

async function stop(): Promise<void> {
  daemon?.kill('SIGTERM');
  if (daemon !== undefined) await ended(daemon);
  daemon = undefined;
}

const units: UnitControl = {
  installed: async ([name]) => name,
  show: async () => ({ active: daemon !== undefined, enabled: true, killMode: 'process' }),
  restart,
  turn: () => Promise.reject(new Error('nothing is turned')),
};
const keeper = remoteLogKeeper(units, places);
const port = (): number => (server.address() as { port: number }).port;
const log = (text: string): void => void execFileSync('logger', ['-u', socket, '--', text]);

beforeAll(async () => {
  mkdirSync(places.folder);
  const lines = [
    'module(load="imuxsock" SysSock.Use="off")',
    `input(type="imuxsock" Socket="${socket}")`,
    `$IncludeConfig ${places.folder}/*.conf`,
    `*.* ${join(folder, 'messages')}`,
  ];
  writeFileSync(main, `${lines.join('\n')}\n`);
  server = createServer((client) => client.on('data', (part) => (received += part)));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  await restart();
});
afterAll(async () => {
  await stop();
  server.close();
  rmSync(folder, { recursive: true });
});

const BEFORE: Around = {
  broker: false,
  resolves: true,
  address: '',
  clockBy: 0,
  unresolved: [],
  keyboardNow: true,
};

/** The step of a change from what is set now. */
async function stepTo(
  host: string,
  protocol: 'tcp' | 'udp' = 'tcp',
  to = port(),
): Promise<SetSetting<'remoteLog'>> {
  const remoteLog = await readRemoteLog(units, places);
  const change = { kind: 'remoteLog', server: host, port: to, protocol } as const;
  const [step] = systemPlan(change, { remoteLog }, BEFORE).steps;
  return step as SetSetting<'remoteLog'>;
}

const executor = setSetting<SetSetting<'remoteLog'>>({ remoteLog: keeper });

test('messages arrive at the server once it is set, and no longer when it is taken back', async () => {
  expect(await keeper.read()).toBeNull();
  const step = await stepTo('127.0.0.1');
  await executor.apply(step, DOING);
  expect(await keeper.read()).toEqual({ host: '127.0.0.1', port: port(), protocol: 'tcp' });
  log('zq first message');
  await until(async () => received.includes('zq first message') || undefined);
  await executor.undo(step, DOING);
  expect(existsSync(own)).toBe(false);
  log('zq second message');
  const here = () => readFileSync(join(folder, 'messages'), 'utf8');
  await until(async () => here().includes('zq second message') || undefined);
  expect(received).not.toContain('zq second message');
});

test('what others send elsewhere is told and left alone', async () => {
  const other = join(places.folder, '10-admin.conf');
  const text = '# *.* @commented.example\n*.* @@(o)192.0.2.9:6514\nmail.* @192.0.2.10\n';
  writeFileSync(other, text);
  const long = 'action(type="omfwd"\n  protocol="udp" target="192.0.2.11")\n';
  writeFileSync(join(places.folder, '20-admin.conf'), long);
  const { others } = await readRemoteLog(units, places);
  expect(others.map(({ server: to }) => to)).toEqual(['192.0.2.9:6514', '192.0.2.10', '192.0.2.11']);
  await keeper.write({ host: 'logs.example', port: 514, protocol: 'udp' });
  expect(readFileSync(other, 'utf8')).toBe(text);
  for (const name of ['10-admin.conf', '20-admin.conf']) rmSync(join(places.folder, name));
  await keeper.write(null);
});

test('a configuration that rsyslogd refuses is named, and the one that runs goes on', async () => {
  const broken = join(places.folder, '30-broken.conf');
  writeFileSync(broken, '$NoSuchDirective on\n');
  const running = daemon?.pid;
  await expect(keeper.write({ host: '127.0.0.1', port: 514, protocol: 'udp' })).rejects.toMatchObject({
    kind: 'failed',
    words: { en: expect.stringContaining("command 'NoSuchDirective'") },
  });
  expect(daemon?.pid).toBe(running);
  expect(existsSync(own)).toBe(false);
  rmSync(broken);
});

test('a folder that rsyslog does not read is no place to write to', async () => {
  const plain = join(folder, 'plain.conf');
  writeFileSync(plain, '*.* /dev/null\n');
  const elsewhere = remoteLogKeeper(units, { ...places, main: plain });
  await expect(elsewhere.write({ host: '127.0.0.1', port: 514, protocol: 'tcp' })).rejects.toMatchObject({
    kind: 'unavailable',
  });
  expect(existsSync(own)).toBe(false);
});
