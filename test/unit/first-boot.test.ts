import { expect, test } from 'vitest';
import type { Connection } from '../../src/api/client.ts';
import { Fault, type FaultKind } from '../../src/api/fault.ts';
import { same } from '../../src/api/words.ts';
import { persistently } from '../../src/first-boot/follow.ts';
import { onceItAnswers } from '../../src/node/first-boot/broker.ts';
import { type ObstacleParts, obstaclesOf } from '../../src/node/first-boot/obstacles.ts';
import { firstBootPlan, type Node } from '../../src/node/first-boot/plan.ts';
import type { LinkRecord } from '../../src/system/iproute.ts';

const typesOf = (node: Partial<Node>): string[] =>
  firstBootPlan({ role: 'management', database: 'here', broker: 'here', ...node }).steps.map(({ type }) =>
    type.replace('firstBoot.', ''),
  );

test('what each role needs, in the order in which it is needed', () => {
  expect(typesOf({})).toEqual([
    'start',
    'database',
    'nameBroker',
    'start',
    'broker',
    'openFirewall',
    'service',
    'done',
  ]);
  expect(typesOf({ role: 'compute' })).toEqual(['start', 'done']);
  expect(typesOf({ role: 'storage' })).toEqual(['start', 'loadOcfs2', 'start', 'done']);
  expect(typesOf({ role: 'expert' })).toEqual(['done']);
});

test('what is configured differently stays, and is told', () => {
  expect(typesOf({ database: 'itself', broker: 'itself' })).toEqual(['openFirewall', 'service', 'done']);
  const plan = firstBootPlan({ role: 'management', database: 'elsewhere', broker: 'elsewhere' });
  expect(plan.warnings.map(({ en }) => en)).toEqual([
    'the database is on another machine, as configured',
    'the message broker is on another machine, as configured',
  ]);
});

const link = (ifname: string, more: Partial<LinkRecord> = {}): LinkRecord => ({
  ifindex: 1,
  ifname,
  flags: ['UP', 'LOWER_UP'],
  mtu: 1500,
  link_type: 'ether',
  ...more,
});
const BOND = link('bond0', { linkinfo: { info_kind: 'bond' } });

const found = async (links: LinkRecord[], address: string | undefined, more: Partial<ObstacleParts> = {}) => {
  const parts: ObstacleParts = {
    role: 'management',
    room: {},
    address: async () => address,
    links: async () => links,
    ...more,
  };
  return (await obstaclesOf(parts)).map(({ kind, words }) => `${kind}: ${words.en}`);
};

test('a management node waits for an address, and for each port of its bonds', async () => {
  const ports = [
    link('eth0', { master: 'bond0' }),
    link('eth1', { master: 'bond0', flags: ['UP', 'NO-CARRIER'] }),
    link('vnet0', { master: 'br0', flags: [] }),
  ];
  expect(await found([BOND, ...ports], '192.0.2.1')).toEqual(['network: port eth1 of bond bond0 is off']);
  expect(await found([BOND], undefined)).toEqual(['network: no NIC has a usable address']);
  expect(await found([BOND], '192.0.2.1')).toEqual([]);
  expect(await found([BOND, ...ports], undefined, { role: 'compute' })).toEqual([]);
});

test('a folder that is not there yet is measured where it will be', async () => {
  const room = { '/nowhere/at/all': 1e15, '/': 1 };
  expect(await found([], '192.0.2.1', { room })).toEqual([
    expect.stringMatching(/^machine: no room: \/nowhere\/at\/all has \d+ MB free, 1000000000 MB are needed$/),
  ]);
});

/** A controller's connection that stays. */
const stays = async (): Promise<Connection> => ({
  server: { version: '1', role: 'compute' },
  call: () => Promise.reject(new Error('nothing is called')),
  start: () => Promise.reject(new Error('nothing is started')),
  ended: false,
  closed: new Promise(() => {}),
  close: () => {},
});

/** Fails as often as this with this kind, then works. Answers how often it was called, and what was said. */
async function tried(
  times: number,
  kind: FaultKind,
): Promise<{ calls: number; said: string[]; pauses: number[]; end: string }> {
  const said: string[] = [];
  const pauses: number[] = [];
  let calls = 0;
  const work = async () => {
    calls += 1;
    if (calls <= times) throw new Fault(kind, same(`slow ${calls}`));
    return 'done';
  };
  const pause = async (milliseconds: number) => pauses.push(milliseconds / 1000);
  const end = await persistently(work, ({ en }) => said.push(en), stays, pause).catch(
    ({ words }) => `! ${words.en}`,
  );
  return { calls, said, pauses, end };
}

test('what was not done in its time is tried again, after ever longer pauses, and other failures are not', async () => {
  const slow = { calls: 3, said: ['slow 1', 'slow 2'], pauses: [1, 2], end: 'done' };
  expect(await tried(2, 'timeout')).toEqual(slow);
  expect(await tried(1, 'conflict')).toEqual({ calls: 1, said: [], pauses: [], end: '! slow 1' });
  const { pauses, end } = await tried(99, 'timeout');
  expect([pauses, end]).toEqual([[1, 2, 4, 8, 16, 30, 30, 30, 30], '! slow 10']);
}, 300_000);

test('a broker that does not answer yet is asked again, some times; another failure is told at once', async () => {
  const asked = async (times: number, kind: FaultKind) => {
    let calls = 0;
    const ask = async () => {
      calls += 1;
      if (calls <= times) throw new Fault(kind, same('no'));
    };
    const end = await onceItAnswers(ask, async () => undefined).then(
      () => 'answers',
      () => 'fails',
    );
    return `${calls} ${end}`;
  };
  expect([await asked(3, 'unavailable'), await asked(99, 'unavailable')]).toEqual(['4 answers', '24 fails']);
  expect(await asked(1, 'failed')).toBe('1 fails');
});
