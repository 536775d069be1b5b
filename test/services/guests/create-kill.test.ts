import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Cloud } from '../../fakes/cloud.ts';
import { vmWords } from '../../fakes/furnish.ts';
import { everyNth } from '../moments.ts';
import { until } from '../servers.ts';
import { CloudWorld } from './cloud-world.ts';

const PRELOAD = fileURLToPath(new URL('./kill-moments.mts', import.meta.url));
const MINUTES = 240_000;

let world: CloudWorld;
let cloud: Cloud;
let furnished: Awaited<ReturnType<CloudWorld['furnish']>>;
beforeAll(async () => {
  world = await CloudWorld.start();
  cloud = world.cloud;
  furnished = await world.furnish();
}, MINUTES);
afterAll(() => world?.end());

/** The two sides of a creation: how each is started, and how its end is seen. */
const SIDES = {
  service: {
    around: 'store',
    oneIn: 12,
    restart: async (environment: Record<string, string>) => {
      await world.killService();
      world.startService(environment);
    },
    ends: () => world.serviceEnds(),
  },
  controller: {
    around: 'node',
    oneIn: 40,
    restart: async (environment: Record<string, string>) => {
      await world.network.killController();
      world.network.environment = environment;
      await world.network.startController();
    },
    ends: () => world.network.controllerEnds(),
  },
} as const;
type Side = keyof typeof SIDES;

// Each side its own: the service that was started to be killed lives on while the controller is.
const when = (side: Side) => join(world.network.folder, `kill-when-${side}`);
const count = (side: Side) => join(world.network.folder, `kill-count-${side}`);

/** Starts one side anew, to die at its nth moment; 0: never. */
async function mortal(side: Side, at: number): Promise<void> {
  rmSync(when(side), { force: true });
  rmSync(count(side), { force: true });
  await SIDES[side].restart({
    NODE_OPTIONS: `--import=${PRELOAD}`,
    ZS_KILL_WHEN: when(side),
    ZS_KILL_COUNT: count(side),
    ZS_KILL_AT: String(at),
    ZS_KILL_AROUND: SIDES[side].around,
  });
  await connected();
}

const connected = () => cloud.until(['QueryHost'], ([host]) => host?.status === 'Connected');

function asked<T>(sql: string, ...values: string[]): T[] {
  const store = new DatabaseSync(world.store, { readOnly: true });
  try {
    return store.prepare(sql).all(...values) as T[];
  } finally {
    store.close();
  }
}

/** How the job of this VM's creation stands. */
const jobOf = (vm: string) =>
  asked<{ state: string; result: string; finished: number }>(
    `select state, result, finished from job where flow = 'CreateVmInstance' and context like '%' || ? || '%'`,
    vm,
  );

const openOrders = () => asked('select id from host_order where settled = 0');

/** All that a VM takes, on either side. */
async function taken() {
  const [host] = await cloud.found('QueryHost');
  const [storage] = await cloud.found('QueryPrimaryStorage');
  return {
    vms: await cloud.found('QueryVmInstance'),
    volumes: (await cloud.found('QueryVolume')).length,
    files: readdirSync(join(world.storage, 'volumes')),
    domains: await world.libvirt.virsh('list', '--all', '--name'),
    leases: readFileSync(join(world.data, 'data/guests/dhcp.json'), 'utf8'),
    addresses: asked('select ip from used_ip').length,
    cpu: host.availableCpuCapacity,
    memory: host.availableMemoryCapacity,
    storage: storage.availableCapacity,
  };
}

/** What stands when nothing of a VM is there: the server of its network keeps its address. */
let nothing: Awaited<ReturnType<typeof taken>>;

const GONE = 'no host of 1 can take it: 1 not connected';

/** Makes a VM while one side dies at that moment, and starts it again; answers what came of it, of which VM, and how many moments there were. */
async function created(side: Side, at: number): Promise<{ vm: string; end: string; points: number }> {
  const vm = randomUUID().replaceAll('-', '');
  writeFileSync(when(side), '');
  const making = cloud.cli('CreateVmInstance', `name=at${at}`, `resourceUuid=${vm}`, ...vmWords(furnished));
  const first = await Promise.race([making.then(() => 'made'), SIDES[side].ends().then(() => 'dead')]);
  rmSync(when(side));
  const points = Number(readFileSync(count(side), 'utf8'));
  if (first === 'made' && at > 0) console.log(`${side}: there was no moment ${at}`);
  await mortal(side, at === 0 ? 0 : nextOf(at));
  await making;
  const isSettled = () => openOrders().length === 0 && jobOf(vm).every(({ finished }) => finished > 0);
  await until(async () => isSettled() || undefined, 60);
  const [job] = jobOf(vm);
  const end = job?.state === 'failed' ? JSON.parse(job.result).details : (job?.state ?? 'not begun');
  return { vm, end, points };
}

let moments: number[] = [];
const nextOf = (at: number): number => moments[moments.indexOf(at) + 1] ?? 0;

async function agrees(vm: string, end: string, at: string): Promise<void> {
  if (end !== 'done') {
    expect(await taken(), at).toEqual(nothing);
    return;
  }
  const [told] = await cloud.found('QueryVmInstance', `uuid=${vm}`);
  expect(told, at).toMatchObject({ state: 'Running', hostUuid: furnished.host });
  expect(await world.libvirt.virsh('domstate', vm), at).toBe('running');
  expect(world.libvirt.starts(vm), at).toBe(1);
}

async function expunged(vm: string): Promise<void> {
  for (const call of ['DestroyVmInstance', 'ExpungeVmInstance']) {
    const { code, told, err } = await cloud.cli(call, `uuid=${vm}`);
    if (code !== 0) throw new Error(`${call}: ${err}${JSON.stringify(told)}`);
  }
}

test.each<Side>(['service', 'controller'])(
  'the %s is killed at its moments of CreateVmInstance: the VM runs once, or nothing of it is there',
  async (side) => {
    await mortal(side, 0);
    // The first one also brings the image and the bridge.
    const first = await created(side, 0);
    expect(first.end).toBe('done');
    await expunged(first.vm);
    const whole = await created(side, 0);
    expect(whole.end).toBe('done');
    const all = whole.points;
    expect(all).toBeGreaterThan(40);
    console.log(`${side}: ${all} moments`);
    await expunged(whole.vm);
    nothing = await taken();
    moments = everyNth(all, SIDES[side].oneIn);
    await mortal(side, moments[0] ?? 0);
    const ends: Record<string, number> = {};
    for (const at of moments) {
      const where = `${side} killed at ${at} of ${all}`;
      const { vm, end } = await created(side, at);
      // Once it is written down it comes to be, unless its host was gone before it was given one.
      expect(['not begun', 'done', ...(side === 'controller' ? [GONE] : [])], where).toContain(end);
      ends[end] = (ends[end] ?? 0) + 1;
      await agrees(vm, end, where);
      if (end === 'done') await expunged(vm);
      expect(await taken(), where).toEqual(nothing);
    }
    console.log(`${side}: killed at ${moments.length} of ${all} moments: ${JSON.stringify(ends)}`);
    expect(ends.done).toBeGreaterThan(0);
  },
  process.env.ZS_EVERY === '1' ? 3 * 3_600_000 : 900_000,
);
