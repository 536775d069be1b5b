import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { screenActions } from '../../../src/node/vm-screen/actions.ts';
import { freePort, until } from '../servers.ts';
import { KeyGuest } from '../vm-console/guest.ts';
import { outcome } from '../vm-console/world.ts';
import { TestNode } from './node.ts';
import { LinkWorld } from './world.ts';

const VM = 'a'.repeat(32);
let world: LinkWorld;
let guest: KeyGuest;
let node: TestNode;
let host: string;

beforeAll(async () => {
  world = await LinkWorld.start();
  world.settings = `management.server.ip = 127.0.0.1\nconsoleProxyPort = ${await freePort()}\n`;
  world.consolePage = join(world.folder, 'page.js');
  writeFileSync(world.consolePage, '// the page');
  await world.down();
  await world.up();
  guest = await KeyGuest.start();
  node = new TestNode(
    screenActions({ screenOf: async () => guest.screen, membership: () => node.membership }),
  );
  const { fingerprint } = await node.look(world.linkPort);
  host = (await node.join(world.linkPort, (await world.token()).token, fingerprint)).host;
  await world.hostIs(host, 'Connected');
  await sql(`INSERT INTO vm_instance
    (uuid, name, zoneUuid, hostUuid, platform, type, memorySize, cpuNum, state, createDate, lastOpDate)
    SELECT '${VM}', 'web', zoneUuid, uuid, 'Linux', 'UserVm', 1, 1, 'Running', 0, 0 FROM host WHERE uuid = '${host}'`);
});
afterAll(async () => {
  await node.end();
  await guest.end();
  await world.end();
});

/** As another writer of the store would, when the service is not just writing. */
async function sql(statement: string): Promise<void> {
  await until(async () => {
    using database = new DatabaseSync(join(world.folder, 'state/store.sqlite'));
    database.exec(statement);
    return true;
  }, 30);
}

interface Address {
  hostname: string;
  port: number;
  token: string;
}
const console = async (): Promise<Address> => {
  const message = 'org.zstack.header.console.APIRequestConsoleAccessMsg';
  return (await world.message(message, { vmInstanceUuid: VM })).inventory as Address;
};
const opened = ({ hostname, port, token }: Address) =>
  new WebSocket(`ws://${hostname}:${port}/websockify?token=${token}`);

test('from the call to the screen: over the proxy, the link and the host; it ends with VM and session', async () => {
  const client = opened(await console());
  expect(await outcome(client)).toBe('RFB 003.008\n');
  const end = outcome(client);
  await sql(`UPDATE vm_instance SET hostUuid = NULL, state = 'Stopped' WHERE uuid = '${VM}'`);
  expect(await end).toBe('closed 4002');
  await expect(console()).rejects.toThrow('the VM is Stopped');

  await sql(`UPDATE vm_instance SET hostUuid = '${host}', state = 'Running' WHERE uuid = '${VM}'`);
  const address = await console();
  const next = opened(address);
  expect(await outcome(next)).toBe('RFB 003.008\n');
  const over = outcome(next);
  await world.message('org.zstack.header.identity.APILogOutMsg', {});
  await sql('DELETE FROM session');
  expect(await over).toBe('closed 4002');
  expect(await outcome(opened(address))).toBe('refused 404');
});
