import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { same } from '../../../src/api/words.ts';
import { OwnLines } from '../../../src/node/cluster/own-lines.ts';
import { linkPackages } from '../../../src/node/cluster/packages.ts';
import { Follower } from '../../../src/node/follow/follower.ts';
import { PackageStore } from '../../../src/node/follow/store.ts';
import { TestNode } from './node.ts';
import { LinkWorld } from './world.ts';

const OWN = '2.2.0';
const NEW = '9.9.0';
const names = ['zs-node', 'zs-role-compute'];
const fileOf = (name: string, version: string) => `${name}-${version}-1.x86_64.rpm`;

let world: LinkWorld;
const nodes: TestNode[] = [];

beforeAll(async () => {
  world = await LinkWorld.start();
});
beforeEach(async () => {
  rmSync(world.packages, { recursive: true, force: true });
  mkdirSync(world.packages);
  await world.down();
  world.version = NEW;
  await world.up();
});
afterEach(async () => {
  await Promise.all(nodes.splice(0).map((node) => node.end()));
});
afterAll(() => world.end());

const put = (version: string) => {
  for (const name of names) writeFileSync(join(world.packages, fileOf(name, version)), `${name} ${version}`);
};

interface Following {
  host: string;
  folder: string;
  follower: Follower;
  installed: string[];
  store: PackageStore;
}

/** A host that has joined; its packages are installed by noting it. */
async function host(
  more: { isWanted?: boolean; isLinked?: boolean; busy?: () => void } = {},
): Promise<Following> {
  const node = new TestNode();
  nodes.push(node);
  const { token, fingerprint } = await world.token();
  const { host } = await node.join(world.linkPort, token, fingerprint);
  await world.hostIs(host, 'Connected');
  const folder = join(node.folder, 'packages');
  const store = new PackageStore(folder);
  const installed: string[] = [];
  const follower: Follower = new Follower({
    ...{ version: OWN, store, log: () => undefined, changed: () => undefined },
    source: linkPackages(new OwnLines(node.membership)),
    isLinked: () => more.isLinked ?? node.feed.state.state === 'up',
    isWanted: async () => more.isWanted ?? true,
    installed: async () => ({ format: 'rpm', names }),
    install: async (from, to) => {
      more.busy?.();
      // What is under way is no trouble: the next host's turn has not come.
      expect(follower.now.why?.en).toBe('installing its packages');
      expect(follower.trouble).toBeUndefined();
      installed.push(`${from} ${to}`);
    },
  });
  return { host, folder, follower, installed, store };
}

test('a host fetches the packages of both versions over the link and installs; without a way back it does not begin', async () => {
  const { follower, installed, folder } = await host();
  put(NEW);
  const { why } = await follower.look();
  expect(why?.en).toBe(
    `without ${fileOf('zs-node', OWN)} in its /var/lib/zstack/packages there is no way back`,
  );
  expect(installed).toEqual([]);
  put(OWN);
  expect(await follower.look()).toEqual({ own: OWN, wanted: NEW });
  expect(installed).toEqual([`${OWN} ${NEW}`]);
  for (const version of [OWN, NEW])
    for (const name of names)
      expect(readFileSync(join(folder, version, fileOf(name, version)), 'utf8')).toBe(`${name} ${version}`);
});

test('a package that is not there is named, and one that came otherwise than its checksum says is not kept', async () => {
  const { follower, installed, folder } = await host();
  put(OWN);
  expect((await follower.look()).why?.en).toBe(
    `it has no ${fileOf('zs-node', NEW)} in /var/lib/zstack/packages`,
  );
  put(NEW);
  const source = linkPackages(new OwnLines((nodes[0] as TestNode).membership));
  const { packages } = await source.offer({ format: 'rpm', names });
  const wrong = packages.map((each) => ({ ...each, sha256: '0'.repeat(64) }));
  const open = (file: string, signal: AbortSignal) => source.open(file, signal);
  const { signal } = new AbortController();
  const store = new PackageStore(folder);
  await expect(store.take(NEW, wrong, open, signal)).rejects.toThrow('otherwise than its checksum says');
  const longer = packages.map((each) => ({ ...each, size: 3 }));
  await expect(store.take(NEW, longer, open, signal)).rejects.toThrow('otherwise than its checksum says');
  expect(readdirSync(folder)).toEqual([OWN]);
  expect(installed).toEqual([]);
});

test('a management node that does not answer is told by a host that has another version, and by no other', async () => {
  const behind = await host({ isLinked: true });
  await behind.follower.look();
  await world.down();
  world.version = OWN;
  await world.up();
  const level = await host({ isLinked: true });
  expect(await level.follower.look()).toEqual({ own: OWN, wanted: OWN });
  await world.down();
  expect(await level.follower.look()).toEqual({ own: OWN, wanted: OWN });
  expect(level.follower.attention).toEqual([]);
  expect(await behind.follower.look()).toMatchObject({
    wanted: NEW,
    why: { en: expect.stringContaining('does not answer') },
  });
});

test('nothing but packages of ours is handed out, and to members alone', async () => {
  await host();
  const source = linkPackages(new OwnLines((nodes[0] as TestNode).membership));
  const { signal } = new AbortController();
  writeFileSync(join(world.packages, 'secret.rpm'), 'secret');
  for (const file of ['secret.rpm', '..', '..%2Fstate', fileOf('zs-node', '1.0.0')])
    await expect(source.open(file, signal)).rejects.toMatchObject({ kind: 'notFound' });
  await expect(source.offer({ format: 'rpm', names: ['passwd'] })).rejects.toMatchObject({ field: 'names' });
  const stranger = new TestNode();
  nodes.push(stranger);
  await expect(linkPackages(new OwnLines(stranger.membership)).takeTurn()).rejects.toMatchObject({
    kind: 'unavailable',
  });
});

test('one host at a time: the next one when the first has the version, or tells why not', async () => {
  put(OWN);
  put(NEW);
  const [one, other] = [await host(), await host()];
  await one.follower.look();
  expect((await other.follower.look()).why?.en).toBe('another host is on its way to this version');
  expect([one.installed, other.installed]).toEqual([[`${OWN} ${NEW}`], []]);
  // The first one comes back and tells that it did not work there.
  await world.service?.hosts.members.alive(one.host, {
    ...{ hostname: 'one', version: OWN, cpus: 1, sockets: 1, memory: 1, note: same('it did not work here') },
  });
  expect((await world.host(one.host))?.why?.en).toBe('it did not work here');
  expect(await other.follower.look()).toEqual({ own: OWN, wanted: NEW });
  expect(other.installed).toEqual([`${OWN} ${NEW}`]);
});

test('turned off, busy, or failed before: nothing is installed, and it is told', async () => {
  put(OWN);
  put(NEW);
  const off = await host({ isWanted: false });
  expect(await off.follower.look()).toEqual({ own: OWN });
  let isBusy = true;
  const { follower, installed, store, folder } = await host({
    busy: () => {
      if (isBusy) throw new Error('waiting: a job runs');
    },
  });
  expect((await follower.look()).why?.en).toBe('waiting: a job runs');
  isBusy = false;
  writeFileSync(join(folder, 'ended'), `${NEW} the link does not come back\n`);
  expect((await follower.look()).why?.en).toContain('it did not work here (the link does not come back)');
  expect(installed).toEqual([]);
  await store.forgetFailed();
  expect(await follower.look()).toEqual({ own: OWN, wanted: NEW });
  expect(installed).toEqual([`${OWN} ${NEW}`]);
  expect([off.installed]).toEqual([[]]);
});
