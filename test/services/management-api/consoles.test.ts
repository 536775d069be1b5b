import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../servers.ts';
import { ApiWorld, ENGINES, HEADER } from './world.ts';

const CONSOLE = `${HEADER}.console`;

describe.each(ENGINES)('%s', (engine) => {
  let world: ApiWorld;
  let port: number;

  beforeAll(async () => {
    world = await ApiWorld.start(engine);
    port = await freePort();
    world.settings = `management.server.ip = 192.0.2.7\nconsoleProxyOverriddenIp = 0.0.0.0\nconsoleProxyPort = ${port}\n`;
    world.consolePage = join(world.folder, 'page.js');
    writeFileSync(world.consolePage, '// the page');
    await world.restart();
    await world.logIn();
  });
  afterAll(() => world.end());

  const agent = async () =>
    (await world.rpc(`${CONSOLE}.APIQueryConsoleProxyAgentMsg`, { conditions: [] })).inventories?.[0] ?? {};
  const answers = () =>
    fetch(`http://127.0.0.1:${port}/`).then(
      ({ status }) => status,
      () => 'nobody',
    );

  test('the proxy of this service is an agent, and answers strangers nothing', async () => {
    const node = (await world.rest('GET', '/management-nodes')).json.inventories[0];
    const { createDate: _, lastOpDate: __, ...row } = await agent();
    expect(row).toEqual({
      ...{ uuid: node.uuid, managementIp: '192.0.2.7', type: 'ManagementServerConsoleProxy' },
      ...{ status: 'Connected', state: 'Enabled' },
    });
    expect(await answers()).toBe(404);
    expect((await world.rest('GET', `/consoles/agents/${node.uuid}`)).json.inventories).toHaveLength(1);
  });

  test('reconnected it answers again; an agent that is not there is named', async () => {
    const { uuid } = await agent();
    const named = { agentUuids: [uuid] };
    const message = `${CONSOLE}.APIReconnectConsoleProxyAgentMsg`;
    expect(await world.rpc(message, named)).toMatchObject({ inventory: { [String(uuid)]: true } });
    const body = { reconnectConsoleProxyAgent: {} };
    const { json } = await world.change('PUT', '/consoles/agents', body);
    expect(json).toEqual({ inventory: { [String(uuid)]: true } });
    expect(await answers()).toBe(404);
    const strange = await world.rpc(message, { agentUuids: ['a'.repeat(32)] });
    expect(strange.error).toMatchObject({ code: 'SYS.1007', details: expect.stringContaining('aaaa') });
  });

  test('a port that somebody else holds: the service runs, and says so until it is free', async () => {
    const holder = createServer();
    port = await freePort();
    await new Promise<void>((listening) => holder.listen(port, '0.0.0.0', listening));
    world.settings = `consoleProxyOverriddenIp = 192.0.2.8\nconsoleProxyPort = ${port}\n`;
    await world.restart();
    expect(await agent()).toMatchObject({ status: 'Disconnected', consoleProxyOverriddenIp: '192.0.2.8' });
    const message = `${CONSOLE}.APIReconnectConsoleProxyAgentMsg`;
    const { uuid } = await agent();
    const { inventory } = await world.rpc(message);
    expect(inventory?.[String(uuid)]).toMatchObject({
      code: 'SYS.1006',
      details: expect.stringContaining(`port ${port} is held by`),
    });
    await new Promise((closed) => holder.close(closed));
    expect(await world.rpc(message)).toMatchObject({ inventory: { [String(uuid)]: true } });
    expect(await agent()).toMatchObject({ status: 'Connected' });
    world.settings = 'consoleProxyPort = many\n';
    world.consolePage = undefined;
    await world.restart();
    expect(await agent()).toMatchObject({ status: 'Disconnected' });
    expect(world.logged.join('\n')).toContain('consoleProxyPort is no port: many; 4900 is taken');
  });
});
