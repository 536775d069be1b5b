import { expect, test } from 'vitest';
import type { Role } from '../../src/api/role.ts';
import { say } from '../../src/api/words.ts';
import { orderAll, type Units } from '../../src/node/services/order.ts';
import { type Order, orderServices } from '../../src/node/services/schema.ts';

/** Notes every order; a unit that is not in a list is not installed, and `bad` ones do not start. */
function units(
  installed: readonly string[],
  bad: readonly string[] = [],
  masked: readonly string[] = [],
): { asked: string[]; units: Units } {
  const asked: string[] = [];
  return {
    asked,
    units: {
      async load(unit) {
        if (masked.includes(unit)) return 'masked';
        return installed.includes(unit) ? 'loaded' : 'not-found';
      },
      async start(unit) {
        asked.push(`start ${unit}`);
        if (bad.includes(unit)) throw new Error('exit code 1');
      },
      async stop(names) {
        asked.push(`stop ${names.join(' ')}`);
      },
    },
  };
}

const ALL = ['zs-management.service', 'mariadb.service', 'rabbitmq-server.service', 'libvirtd.service'];
const order = (role: Role, what: Order, world: ReturnType<typeof units>, emit = () => {}) =>
  orderAll(world.units, { role, order: what, signal: new AbortController().signal, emit });

test('database, broker, libvirt, service; backward when stopping', async () => {
  const world = units(ALL);
  const ends = await order('management', 'restart', world);
  expect(world.asked).toEqual([
    'stop zs-management.service',
    'stop libvirtd.socket libvirtd.service',
    'stop rabbitmq-server.service',
    'stop mariadb.service',
    'start mariadb.service',
    'start rabbitmq-server.service',
    'start libvirtd.service',
    'start zs-management.service',
  ]);
  expect(ends.filter(({ state }) => state === 'not installed').map(({ unit }) => unit)).toEqual([
    'zs-ui.service',
    'zs-ui.service',
  ]);
});

test('a server that the service does not use is left alone, by start, stop and restart', async () => {
  for (const what of ['start', 'stop', 'restart'] as const) {
    const world = units(ALL);
    const unused = { broker: say('not used', '未使用') };
    const signal = new AbortController().signal;
    const ends = await orderAll(world.units, {
      role: 'management',
      order: what,
      unused,
      signal,
      emit: () => {},
    });
    expect(world.asked.join()).toContain('mariadb.service');
    expect(world.asked.join()).not.toContain('rabbitmq');
    expect(ends).toContainEqual(expect.objectContaining({ state: 'not used', why: unused.broker }));
  }
});

test('the controller is never among them', async () => {
  for (const role of ['compute', 'storage', 'management'] as const) {
    const world = units([...ALL, 'zs-controller.service', 'o2cb.service', 'ocfs2.service']);
    await order(role, 'stop', world);
    expect(world.asked.join()).not.toContain('zs-controller');
  }
});

test('one that does not come up is named, and those after it are not tried', async () => {
  const world = units(ALL, ['rabbitmq-server.service']);
  const fault = await order('management', 'start', world).catch((thrown) => thrown);
  expect(fault).toMatchObject({ kind: 'failed', words: { en: 'Messages does not start: exit code 1' } });
  expect(world.asked).toEqual(['start mariadb.service', 'start rabbitmq-server.service']);
});

test('a masked one is not started, but stopped; another name of it that can be started counts first', async () => {
  const world = units(
    ['libvirtd.service', 'zs-management.service'],
    [],
    ['mariadb.service', 'virtqemud.service'],
  );
  const ends = await order('management', 'start', world);
  expect(world.asked).toEqual(['start libvirtd.service', 'start zs-management.service']);
  expect(ends.filter(({ state }) => state === 'masked').map(({ unit }) => unit)).toEqual(['mariadb.service']);
  world.asked.length = 0;
  await order('management', 'stop', world);
  expect(world.asked).toContain('stop mariadb.service');
});

test('the phrase belongs to the order', () => {
  const parse = (phrase: string) => orderServices.input.safeParse({ order: 'stop', phrase }).success;
  expect([parse('stop zstack'), parse('start zstack'), parse('')]).toEqual([true, false, false]);
});
