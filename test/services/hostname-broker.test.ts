import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Secret } from '../../src/api/secret-text.ts';
import { brokerExecutors, hasOwnBroker } from '../../src/node/system-settings/broker.ts';
import { systemPlan } from '../../src/node/system-settings/plan.ts';
import { Broker, isBrokerPassword } from '../../src/system/rabbitmq.ts';
import { DOING } from '../fakes/doing.ts';
import { World } from './passwords/world.ts';
import { openFolder, RabbitServer } from './servers.ts';

const WORD = 'broker word';
let server: RabbitServer;
let world: World;
let folder: string;

beforeAll(async () => {
  server = await RabbitServer.create();
  folder = openFolder('hostname-');
  world = new World({ folder, socket: '/nowhere', broker: { command: server.command, env: server.env } });
  await world.write(
    `CloudBus.serverIp.0 = 127.0.0.1:${server.port}\nCloudBus.rabbitmqUsername = zstack\nCloudBus.rabbitmqPassword = ${WORD}\n`,
  );
  await server.ctl(['add_user', 'zstack'], `${WORD}\n`);
  await server.ctl(['set_permissions', 'zstack', '.*', '.*', '.*']);
  await world.service.restart();
});
afterAll(async () => {
  await server.remove();
  rmSync(folder, { recursive: true });
});

/** A broker that begins empty, as one under another name does. */
const emptied = async (): Promise<void> => {
  await server.stop();
  await server.start();
  await server.ctl(['delete_user', 'zstack']);
  // The service is away from it meanwhile.
  rmSync(join(folder, 'runs-with'));
};

test('after the hostname the broker is restarted, its user made anew, the service goes on with it', {
  timeout: 600_000,
}, async () => {
  expect(await hasOwnBroker({ properties: world.properties })).toBe(true);
  const plan = systemPlan(
    { kind: 'hostname', hostname: 'new' },
    { hostname: 'old', hosts: '' },
    { broker: true, resolves: true, address: '', unresolved: [], clockBy: 0, keyboardNow: false },
  );
  expect(plan.steps.map(({ type }) => type)).toEqual([
    'system.brokerReturns',
    'system.set',
    'system.brokerFollows',
  ]);
  const orders: string[] = [];
  const parts = {
    broker: new Broker({ command: server.command, env: server.env }),
    properties: world.properties,
    service: {
      ...world.service,
      standing: async () => 'running' as const,
      restart: async () => {
        orders.push('service');
        await world.service.restart();
      },
    },
    brokerService: {
      ...world.service,
      restart: async () => {
        orders.push('broker');
        await emptied();
      },
    },
  };
  const executors = brokerExecutors(parts);
  const step = { type: 'system.brokerFollows', words: { en: '', zh: '' } } as const;
  await executors['system.brokerFollows'].apply(step, DOING);
  expect(orders).toEqual(['broker', 'service']);
  const login = { host: '127.0.0.1', port: server.port, user: 'zstack', password: new Secret(WORD) };
  expect(await isBrokerPassword(login)).toBe(true);
  // Taken back where the broker answers: nothing is restarted.
  await executors['system.brokerReturns'].undo({ ...step, type: 'system.brokerReturns' }, DOING);
  expect(orders).toEqual(['broker', 'service']);
});
