import { type ChildProcess, spawn } from 'node:child_process';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ended, freePort } from '../services/servers.ts';
import { choose, openEntry } from './menu.ts';
import { bundle, TestNode } from './node.ts';
import type { TestTerminal } from './terminal.ts';

const PASSWORD = 'system word';
const TOKEN = /[0-9a-z]{4}(-[0-9a-z]{4}){4}/;
/** A row of the list; its address is the one that this machine is managed at. */
const HOST = /\d+(?:\.\d+){3} +enabled +connected/;
const SIZE = { columns: 80, rows: 24 };

let manager: TestNode;
let node: TestNode;
let service: ChildProcess;
let port: number;
let relay: Server | undefined;

beforeAll(async () => {
  [manager, node] = await Promise.all([
    TestNode.start({ password: PASSWORD }),
    TestNode.start({ password: PASSWORD, role: 'compute' }),
  ]);
  port = await freePort();
  service = startService(await freePort());
});
afterEach(() => Promise.all([manager.endConsoles(), node.endConsoles()]));
afterAll(async () => {
  service.kill('SIGTERM');
  relay?.close();
  await Promise.all([manager.end(), node.end()]);
});

const startService = (api: number): ChildProcess =>
  spawn(
    process.execPath,
    [
      ...[bundle('management'), '--data', manager.data],
      ...['--port', String(api), '--link-port', String(port)],
    ],
    { stdio: 'ignore' },
  );

test('the machine of the service is its first host, and counted on the main screen', async () => {
  const terminal = manager.console({ columns: 100, rows: 37 });
  await terminal.see(/Hosts +1 +enabled 1 +connected 1/);
});

test('a VM on a host that the records do not know stands in the list of hosts, and by its name in the details', async () => {
  const store = new DatabaseSync(join(manager.data, 'lib/management/store.sqlite'), { timeout: 5_000 });
  const item = JSON.stringify({ uuid: '7', name: 'lost web', ours: true, state: 'running' });
  const insert = `insert into host_item (host, kind, uuid, item) select uuid, 'vm', ?, ? from host`;
  try {
    store.prepare(insert).run('7'.repeat(32), item);
    const there = await openEntry(manager, PASSWORD, 'Join Cluster', SIZE);
    await there.see('! unknown VMs');
    there.press('enter');
    await there.see('that the records do not know');
    await there.see(/lost web +running +7{32}/);
  } finally {
    store.exec(`delete from host_item where uuid = '${'7'.repeat(32)}'`);
    store.close();
  }
});

test('a host joins by keys: token and fingerprint on one console, compared on the other', async () => {
  const there = await openEntry(manager, PASSWORD, 'Join Cluster', SIZE);
  await there.see(HOST);
  // On the smallest screen too: when it was heard last, and its version.
  await there.see(/Link +Heard +Version/);
  await there.see(/enabled +connected +\d\d:\d\d:\d\d {2}\S+/);
  there.press('f3');
  await there.see('Minutes');
  there.press('enter');
  const shown = await there.see(TOKEN);
  const token = TOKEN.exec(shown)?.[0] ?? '';
  const fingerprint = /(?:[0-9a-f]{4} ){7}[0-9a-f]{4}/.exec(shown)?.[0] ?? 'none';
  const here = await openEntry(node, PASSWORD, 'Join Cluster', SIZE);
  await here.see('Management node');
  here.type('no such place');
  here.press('tab');
  here.type(token);
  here.press('enter');
  await here.see('is neither an address nor a name');
  here.press('end', 'C-u');
  here.type(`127.0.0.1:${port}`);
  here.press('enter');
  await here.see(fingerprint);
  here.press('y');
  await here.see('joined the cluster of 127.0.0.1');
  there.press('escape');
  await there.see(new RegExp(`${HOST.source}[^]+${HOST.source}`));
});

test('its link stands on its main screen, and when the service ends, since when and why not', async () => {
  const terminal = node.console({ columns: 100, rows: 37 });
  await terminal.see(/Cluster +127\.0\.0\.1 since \d\d:\d\d, beat \d+s/);
  const hosts = await openEntry(manager, PASSWORD, 'Join Cluster', SIZE);
  await hosts.see(/enabled +connected/);
  service.kill('SIGTERM');
  await hosts.see(/! as of \d\d:\d\d:\d\d, not read since: /);
  await terminal.see(/no link to 127\.0\.0\.1 since \d\d:\d\d: /);
  const console = await openEntry(node, PASSWORD, 'Join Cluster', SIZE);
  await leave(console);
  await console.see('Leave without it?');
  console.press('n');
  await ended(service);
  service = startService(await freePort());
  await terminal.see(/Cluster +127\.0\.0\.1 since/);
});

test('its management node has another address: told by keys, it is linked there', async () => {
  relay = createServer((from) => {
    const to = connect(port, '127.0.0.1');
    from.on('error', () => to.destroy()).pipe(to);
    to.on('error', () => from.destroy()).pipe(from);
  });
  await new Promise<void>((listening) => relay?.listen(port, '127.0.0.2', listening));
  const console = await openEntry(node, PASSWORD, 'Join Cluster', SIZE);
  await console.see('> Its management node is at another address now');
  console.press('enter');
  await console.see('its fingerprint is compared');
  console.type('127.0.0.3:1');
  console.press('enter');
  await console.see('127.0.0.3:1 does not answer');
  console.press('home');
  console.press(...Array(20).fill('delete'));
  console.type(`127.0.0.2:${port}`);
  console.press('enter');
  await console.see('linked to it from now on');
  await node.console({ columns: 100, rows: 37 }).see(/Cluster +127\.0\.0\.2 since/);
});

async function leave(console: TestTerminal): Promise<void> {
  await console.see('> Its management node is at another address now');
  await choose(console, 'Leave the cluster');
  await console.see('The management node takes this host out');
  console.press('y');
}

test('it leaves by keys', async () => {
  const console = await openEntry(node, PASSWORD, 'Join Cluster', SIZE);
  await leave(console);
  await console.see('left the cluster');
  expect(await node.console({ columns: 100, rows: 37 }).see('not joined to a cluster')).toBeTruthy();
});
