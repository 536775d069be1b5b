import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { domainXml } from '../../../src/node/vm/domain.ts';
import type { Guest } from '../../../src/node/vm/plan.ts';
import { LibvirtDaemon, missingForLibvirt } from '../facts/libvirt-daemon.ts';
import { everyNth } from '../moments.ts';

const NODE = resolve('node_modules/.bin/node');
const CHILD = resolve(import.meta.dirname, 'vm-child.ts');
const VM = '7'.repeat(32);
const missing = missingForLibvirt();
/** One moment in so many, another set in each run of the tests. */
const ONE_IN = 5;

let libvirt: LibvirtDaemon;
let folder: string;
beforeAll(async () => {
  if (missing !== undefined) return;
  libvirt = new LibvirtDaemon();
  await libvirt.start();
});
afterAll(() => libvirt?.end());
beforeEach(({ skip }) => {
  skip(missing !== undefined, `${missing} is missing`);
  folder = mkdtempSync(join(tmpdir(), 'zs-vm-kill-'));
});
afterEach(() => {
  if (folder !== undefined) rmSync(folder, { recursive: true });
});

interface Run {
  killed: boolean;
  points: number;
  outcomes: string[];
}

async function child(mode: 'start' | 'recover', killAt: number): Promise<Run> {
  const socket = libvirt.socket.replace(/-ro$/, '');
  const process = spawn(NODE, [CHILD, folder, socket, mode, String(killAt)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let text = '';
  process.stderr.on('data', (chunk) => {
    text += chunk;
  });
  const [code, signal] = await once(process, 'close');
  if (signal === 'SIGKILL') return { killed: true, points: 0, outcomes: [] };
  expect({ code, text }).toMatchObject({ code: 0 });
  return { killed: false, ...JSON.parse(text.trim().split('\n').at(-1) ?? '') };
}

const OLD: Guest = {
  ...{ name: 'old', accelerator: 'qemu', cpuNum: 1, memorySize: 32 * 2 ** 20, platform: 'Linux' },
  ...{ cpuMode: 'none', cacheMode: 'none', videoType: 'vga', bootMenu: false, volumes: [], nics: [] },
};

async function clean(defined: boolean): Promise<void> {
  await libvirt.virsh('destroy', VM).catch(() => undefined);
  await libvirt.virsh('undefine', VM).catch(() => undefined);
  rmSync(join(folder, 'journal'), { recursive: true, force: true });
  if (!defined) return;
  const file = join(folder, 'old.xml');
  writeFileSync(file, domainXml(VM, OLD, undefined));
  await libvirt.virsh('define', file);
}

/** Killed at that moment of a start. What waits for libvirtd has one more or less each time: else at the last one. */
async function killedAt(wanted: number, defined: boolean): Promise<number> {
  let at = wanted;
  for (let tries = 0; tries < 3; tries++) {
    await clean(defined);
    const { killed, points } = await child('start', at);
    if (killed) return at;
    at = points;
  }
  throw new Error(`it has no moment ${at}`);
}

/** Its state and the name that its definition calls it. */
async function world(): Promise<string> {
  const state = await libvirt.virsh('domstate', VM).catch(() => 'absent');
  if (state === 'absent') return state;
  return `${state} ${await libvirt.virsh('desc', '--title', VM)}`;
}

test.each([
  ['that was not there', false, 'absent'],
  ['that was defined otherwise', true, 'shut off old'],
])(
  'killed at any point of a start of a guest %s: it runs as wanted, or all is as before',
  async (_what, defined, before) => {
    await clean(defined);
    const { points } = await child('start', 0);
    expect(await world()).toBe('running new');
    expect(points).toBeGreaterThan(15);
    const ends = new Set<string>();
    for (const wanted of new Set([...everyNth(points, ONE_IN), points])) {
      const at = await killedAt(wanted, defined);
      await child('recover', 0);
      // libvirtd goes on with what it was told: for a moment the guest stands still before it runs.
      const right = async () => expect([before, 'running new']).toContain(await world());
      await vi.waitFor(right, { timeout: 60_000, interval: 100 }).catch((thrown: Error) => {
        throw new Error(`killed at point ${at} of ${points}: ${thrown.message}`);
      });
      const end = await world();
      ends.add(end);
    }
    expect(ends.size).toBe(2);
  },
  400_000,
);
