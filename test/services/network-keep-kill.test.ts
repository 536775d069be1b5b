import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Connection } from '../../src/api/client.ts';
import type { ChangeInput } from '../../src/node/network/change/schema/change.ts';
import { everyNth } from './moments.ts';
import { eventually, make, mustMake, NetworkWorld } from './network-world.ts';

const PRELOAD = fileURLToPath(new URL('./kill-at.mts', import.meta.url));
/** Seconds until NetworkManager takes back by itself what nobody ended. */
const COUNTDOWN = 10;
const INI = `network_evidence_seconds = 5\nnetwork_countdown_seconds = ${COUNTDOWN}\n`;

let world: NetworkWorld;
beforeAll(async () => {
  world = await NetworkWorld.start({ nics: 2, nodeIni: INI });
});
afterAll(() => world?.end());

const OLD: ChangeInput = {
  kind: 'setAddress',
  link: 'em01',
  address: '192.0.2.4',
  netmask: '24',
  gateway: '192.0.2.1',
};
const BRIDGE: ChangeInput = { kind: 'createBridge', link: 'em01', name: 'br7' };
const NO_BRIDGE: ChangeInput = { kind: 'deleteBridge', name: 'br7' };

/** Kernel, disk and memory. */
const facts = (): Promise<string> =>
  world.inside(
    'sh',
    '-c',
    "ip -br -4 a | sed 's/@[^ ]*//' | sort; ip -4 route | sed 's/ metric.*//' | sort; bridge link | sed 's/^[0-9]*: //; s/state.*//; s/@[^ ]*//'; cd /etc/NetworkManager/system-connections; grep -v 'timestamp\\|uuid' * | sort; ls -A . /run/NetworkManager/system-connections; nmcli -t -f name,device,active c | sort",
  );

const connected = <T>(work: (connection: Connection) => Promise<T>) => world.meanwhile(work);

const kept = () => join(world.folder, 'data/data/network/kept');
const count = () => join(world.folder, 'points');
const points = (): number => Number(existsSync(count()) ? readFileSync(count(), 'utf8') : 0);

/** The folder of the state that the next change makes. */
async function nextKept(): Promise<string> {
  const names = (await world.inside('ls', kept())).trim().split('\n');
  return String(Number(names.sort().at(-1)) + 1).padStart(9, '0');
}

/** Makes the change in a controller that is killed at this point of its keeping; 0: at none. */
async function killedAt(at: number, change: ChangeInput): Promise<void> {
  rmSync(count(), { force: true });
  world.environment = {
    NODE_OPTIONS: `--import=${PRELOAD}`,
    ZS_KILL_FOLDER: kept(),
    ZS_KILL_FROM: await nextKept(),
    ZS_KILL_COUNT: count(),
    ZS_KILL_AT: String(at),
  };
  await connected((connection) => make(connection, change).catch(() => {}));
  world.environment = {};
}

/** One that is started again ends what the other left. */
async function recovered(): Promise<string> {
  await connected(async () => {});
  return facts();
}

async function backTo(old: string, change: ChangeInput): Promise<void> {
  await connected((connection) => mustMake(connection, change));
  expect(await facts()).toBe(old);
}

test.each<[string, ChangeInput, ChangeInput]>([
  ['a bridge that is made', BRIDGE, NO_BRIDGE],
  ['a bridge that goes', NO_BRIDGE, BRIDGE],
])(
  'killed at each point of keeping %s: the old state or the new one, in the kernel, on disk and in memory',
  async (_, change, back) => {
    await connected(async (connection) => {
      await mustMake(connection, OLD);
      if (change === NO_BRIDGE) await mustMake(connection, BRIDGE);
    });
    const before = await facts();
    await killedAt(0, change);
    const all = points();
    const after = await facts();
    expect(all).toBeGreaterThan(20);
    await backTo(before, back);
    const ends: string[] = [];
    const killed = everyNth(all, 4);
    console.log(`killed at ${killed.join(', ')} of ${all}`);
    for (const at of killed) {
      await killedAt(at, change);
      const end = await recovered();
      if (end !== before) expect(end, `killed at ${at} of ${all}`).toBe(after);
      ends.push(end);
      if (end === after) await backTo(before, back);
    }
    expect(new Set(ends).size).toBe(2);
    if (change === NO_BRIDGE) await connected((connection) => mustMake(connection, NO_BRIDGE));
  },
  900_000,
);

test('decided, but taken back by NetworkManager before anybody was there again: it is the new one', async () => {
  await connected((connection) => mustMake(connection, OLD));
  const before = await facts();
  await connected((connection) => mustMake(connection, BRIDGE));
  const after = await facts();
  await backTo(before, NO_BRIDGE);
  for (let at = 1; ; at++) {
    const next = await nextKept();
    await killedAt(at, BRIDGE);
    const decided = (await world.inside('readlink', join(kept(), '../current'))).includes(next);
    if (!decided) {
      expect(await recovered()).toBe(before);
      continue;
    }
    await eventually('taken back', async () => /^em01 .*192\.0\.2\.4/m.test(await facts()));
    expect(await recovered()).toBe(after);
    break;
  }
  await backTo(before, NO_BRIDGE);
}, 300_000);
