import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Connection } from '../../../src/api/client.ts';
import { ensureL2, removeL2 } from '../../../src/node/l2/schema.ts';
import type { ChangeInput } from '../../../src/node/network/change/schema/change.ts';
import { everyNth } from '../moments.ts';
import { eventually, mustMake, NetworkWorld } from '../network-world.ts';
import { L2 } from './guest-world.ts';

// The bridge of a network on a NIC by which the node itself is reached.

const PRELOAD = fileURLToPath(new URL('./kill-moments.mts', import.meta.url));
const INI = 'network_evidence_seconds = 5\nnetwork_countdown_seconds = 10\n';
const OLD: ChangeInput = {
  ...{ kind: 'setAddress', link: 'em01', address: '192.0.2.4', netmask: '24', gateway: '192.0.2.1' },
};

let world: NetworkWorld;
beforeAll(async () => {
  world = await NetworkWorld.start({ nics: 2, nodeIni: INI });
  await connected((connection) => mustMake(connection, OLD));
}, 120_000);
afterAll(() => world?.end());

/** Where the address is, what is a port of the bridge, and what is on disk. */
const facts = (): Promise<string> =>
  world.inside(
    'sh',
    '-c',
    "ip -br -4 a | sed 's/@[^ ]*//' | sort; ip -4 route | sed 's/ metric.*//' | sort; bridge link | sed 's/^[0-9]*: //; s/state.*//; s/@[^ ]*//'; cd /etc/NetworkManager/system-connections; grep -v 'timestamp\\|uuid' * | sort; ls -A . /run/NetworkManager/system-connections",
  );

const connected = <T>(work: (connection: Connection) => Promise<T>) => world.meanwhile(work);

const ensure = (connection: Connection) => connection.call(ensureL2, { l2: L2, nic: 'em01' });
const reached = () => world.inside('ping', '-c', '1', '-W', '2', '192.0.2.1');

/** As it was: the network is forgotten, which leaves the bridge, and then that goes. */
async function back(old: string): Promise<void> {
  await connected(async (connection) => {
    await connection.call(removeL2, { l2: L2 });
    expect(await world.inside('ip', '-br', '-4', 'addr', 'show', 'br_em01')).toContain('192.0.2.4');
    await mustMake(connection, { kind: 'deleteBridge', name: 'br_em01' });
  });
  expect(await facts()).toBe(old);
}

test('the addresses go to the bridge and the node stays reached; the network goes without them', async () => {
  const before = await facts();
  expect(await connected(ensure)).toEqual({ bridge: 'br_em01' });
  expect(await world.inside('ip', '-br', '-4', 'addr', 'show', 'br_em01')).toContain('192.0.2.4');
  expect(await reached()).toContain('1 received');
  await back(before);
}, 120_000);

test('a node that is not reached any more afterwards takes it back, and the order fails with the reason', async () => {
  const before = await facts();
  await connected(async (connection) => {
    const asked = ensure(connection).catch((thrown: Error) => thrown.message);
    await eventually('a bridge', async () => (await facts()).includes('br_em01'));
    await world.far('ip', 'link', 'set', 'sw0', 'down');
    expect(await asked).toMatch(/^[^\n]*taken back[^\n]*$/);
    await world.far('ip', 'link', 'set', 'sw0', 'up');
    expect(await facts()).toBe(before);
    await expect(connection.call(removeL2, { l2: L2 })).resolves.toBeUndefined();
  });
}, 120_000);

const when = () => join(world.folder, 'kill-when');
const count = () => join(world.folder, 'kill-count');

/** Asks for the bridge in a controller that dies at its nth moment; 0: at none. Answers how many there were. */
async function killedAt(at: number): Promise<number> {
  rmSync(count(), { force: true });
  world.environment = {
    NODE_OPTIONS: `--import=${PRELOAD}`,
    ZS_KILL_WHEN: when(),
    ZS_KILL_COUNT: count(),
    ZS_KILL_AT: String(at),
    ZS_KILL_AROUND: 'node',
  };
  await connected(async (connection) => {
    writeFileSync(when(), '');
    await ensure(connection).catch(() => undefined);
    rmSync(when());
  });
  world.environment = {};
  return Number(existsSync(count()) ? readFileSync(count(), 'utf8') : 0);
}

test('killed in the midst of it: as before or as it is to be, and asked again it is there', async () => {
  const before = await facts();
  const all = await killedAt(0);
  const after = await facts();
  expect(after).toContain('br_em01');
  expect(all).toBeGreaterThan(50);
  await back(before);
  const ends: string[] = [];
  // Its last moment is the answer: all of it is done then.
  for (const at of new Set([...everyNth(all, 60), all])) {
    await killedAt(at);
    await connected(async (connection) => {
      const end = await facts();
      expect([before, after], `killed at ${at} of ${all}`).toContain(end);
      ends.push(end === before ? 'before' : 'after');
      expect(await reached()).toContain('1 received');
      await ensure(connection);
      expect(await facts()).toBe(after);
    });
    await back(before);
  }
  expect(new Set(ends)).toEqual(new Set(['before', 'after']));
  console.log(`killed at ${ends.length} of ${all} moments: ${ends.join(' ')}`);
}, 600_000);
