import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Cloud } from '../../fakes/cloud.ts';
import { choose } from '../../screens/menu.ts';
import { TestTerminal } from '../../screens/terminal.ts';
import { Browser, hasBrowser, LIT } from '../browser.ts';
import { OwnEtc } from '../daemons/own-etc.ts';
import { CloudWorld } from './cloud-world.ts';

// A new user's first hour: `npm start`, by zstack-cli from zone to VM, its screen in a browser, its end by the console.

const PASSWORD = 'system word';
const MINUTES = 300_000;
const PORT = 4900;
const ROOT = new URL('../../..', import.meta.url).pathname;
let world: CloudWorld;
let cloud: Cloud;
let etc: OwnEtc;
let terminal: TestTerminal;
let browser: Browser | undefined;
let vm = '';

beforeAll(async () => {
  etc = await OwnEtc.create();
  etc.setPassword(PASSWORD);
  world = await CloudWorld.empty();
  cloud = world.cloud;
  for (const file of ['shadow', 'pam.d'])
    await world.network.inside('mount', '--bind', `${etc.folder}/${file}`, `/etc/${file}`);
  const start = ['env', '-C', ROOT, 'npm', 'start', '--', '--data', world.data];
  const [command = '', ...words] = [...world.network.enter, ...start];
  terminal = new TestTerminal({ argv: [command, ...words], columns: 160, rows: 50 });
  await terminal.see('<F2> System Configuration', 90_000);
}, MINUTES);
beforeEach(({ skip }) => skip(!hasBrowser, 'chromium is missing'));
afterAll(async () => {
  await browser?.end();
  await terminal?.end();
  await world?.end();
  await etc?.remove();
});

test(
  'zone to VM: its guest answers ping, and the console shows it',
  async () => {
    const has = await world.furnish();
    const of = [`instanceOfferingUuid=${has.offering}`, `imageUuid=${has.image}`, `l3NetworkUuids=${has.l3}`];
    const made = await cloud.made('CreateVmInstance', 'name=first', ...of);
    vm = made.uuid;
    await world.network.far('ip', 'addr', 'add', '198.51.100.1/24', 'dev', 'sw0');
    const ping = () => world.network.far('ping', '-c', '1', '-W', '1', made.vmNics[0].ip);
    await vi.waitFor(async () => expect(await ping()).toContain('1 received'), MINUTES);
    await terminal.see(/VMs +1 +running 1/, 30_000);
  },
  2 * MINUTES,
);

test(
  'its screen is seen in a browser',
  async () => {
    const { told } = await cloud.cli('RequestConsoleAccess', `vmInstanceUuid=${vm}`);
    const { token, port } = told.inventory;
    expect(port).toBe(PORT);
    const relay = await relayed();
    browser = await Browser.start();
    const { port: near } = relay.address() as AddressInfo;
    await browser.open(`http://127.0.0.1:${near}/?token=${token}`);
    await browser.see(`document.getElementById('status').textContent === 'connected'`);
    await browser.see(`${LIT} > 500`);
    relay.close();
  },
  MINUTES,
);

/** A port of this machine that leads to the console proxy in the node's own network. */
async function relayed(): Promise<Server> {
  const line = `const s=require('net').connect(${PORT},'127.0.0.1');process.stdin.pipe(s).pipe(process.stdout)`;
  const [command = '', ...words] = [...world.network.enter, process.execPath, '-e', line];
  const server = createServer((socket) => {
    const child = spawn(command, words, { stdio: ['pipe', 'pipe', 'inherit'] });
    socket.pipe(child.stdin);
    child.stdout.pipe(socket);
    socket.on('close', () => child.kill()).on('error', () => child.kill());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

test(
  'stopped from the console, it is Stopped for the API',
  async () => {
    terminal.press('f2');
    await terminal.see('Root password');
    terminal.type(PASSWORD);
    terminal.press('enter');
    await terminal.see('Terminal Info', 30_000);
    await choose(terminal, 'Virtual Machines');
    await terminal.see(/first +Running/);
    await choose(terminal, 'first');
    await choose(terminal, 'Power Off');
    await terminal.see('What it has not written to its disk is lost');
    terminal.press('y');
    await terminal.see('done', 60_000);
    await cloud.until(['QueryVmInstance', `uuid=${vm}`], ([each]) => each?.state === 'Stopped');
    expect(await world.libvirt.virsh('domstate', vm)).toBe('shut off');
    terminal.press('enter', 'escape', 'escape', 'escape');
    await terminal.see('<F2> System Configuration');
  },
  MINUTES,
);

test(
  'q ends all that it started',
  async () => {
    terminal.press('q');
    expect(await terminal.exited).toEqual({ exitCode: 0, signal: undefined });
    await vi.waitFor(
      async () => expect(await world.network.inside('ss', '-Hltn', 'sport = 8080')).toBe(''),
      30_000,
    );
  },
  MINUTES,
);
