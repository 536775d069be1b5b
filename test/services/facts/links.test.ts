import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Nic } from '../../../src/node/facts/schema.ts';
import { mustRun } from '../../../src/system/exec.ts';

// Links of the real kernel in a network namespace of the test's own. Bonds and VLANs need modules that not every
// kernel has: they are read from recorded text in the unit tests, and on the booted machine.

interface State {
  at: number;
  state: string;
  why?: string;
  nics: Nic[];
}

const NODE = new URL('../../../node_modules/.bin/node', import.meta.url).pathname;
const PROGRAM = new URL('links-program.ts', import.meta.url).pathname;

let child: ChildProcess;
let states: State[];

beforeEach(async ({ skip }) => {
  skip(process.getuid?.() !== 0, 'network namespaces need root');
  states = [];
  const command = 'mount -t sysfs -o ro sysfs /sys && exec "$@"';
  child = spawn('unshare', ['-n', '-m', 'sh', '-c', command, 'sh', NODE, PROGRAM, '192.0.2.4'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  if (child.stdout) createInterface(child.stdout).on('line', (line) => states.push(JSON.parse(line)));
  await vi.waitFor(() => expect(states).not.toEqual([]), { timeout: 60_000 });
});

afterEach(async () => {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.stdin?.end();
  await ended;
});

/** Runs `ip` in the namespace. @returns the wall time just before. */
async function ip(...words: string[]): Promise<number> {
  const before = Date.now();
  await mustRun(['nsenter', '-t', String(child.pid), '-n', 'ip', ...words], { timeout: 60_000 });
  return before;
}

const nic = (name: string): Nic | undefined => states.at(-1)?.nics.find((one) => one.name === name);

/** The first state after `since` in which it holds. */
async function seen(since: number, holds: (state: State) => boolean): Promise<State> {
  return vi.waitFor(
    () => {
      const found = states.find((state) => state.at >= since && holds(state));
      if (found === undefined) throw new Error(`not seen: ${JSON.stringify(states.at(-1))}`);
      return found;
    },
    { timeout: 30_000, interval: 10 },
  );
}

const has = (name: string, change: Partial<Nic>) => (state: State) => {
  const found = state.nics.find((one) => one.name === name);
  return (
    found !== undefined &&
    Object.entries(change).every(([key, value]) => String(found[key as keyof Nic]) === String(value))
  );
};

test('a new pair, its carrier, its address and its end are seen as they happen', async () => {
  const made = await ip('link', 'add', 'em01', 'type', 'veth', 'peer', 'name', 'em01p');
  await seen(made, has('em01', { kind: 'virtual', adminUp: false, carrier: false }));
  await ip('link', 'set', 'em01', 'up');
  const plugged = await ip('link', 'set', 'em01p', 'up');
  await seen(plugged, has('em01', { up: true, carrier: true }));
  const addressed = await ip('addr', 'add', '192.0.2.4/24', 'dev', 'em01');
  await seen(addressed, has('em01', { addresses: ['192.0.2.4/24'], management: true }));
  const unplugged = await ip('link', 'set', 'em01p', 'down');
  await seen(unplugged, has('em01', { up: false, adminUp: true, carrier: false }));
  const gone = await ip('link', 'del', 'em01');
  await seen(gone, (state) => !state.nics.some(({ name }) => name === 'em01'));
});

test('each of ten changes in a row is seen, and how long it took is told', async () => {
  await ip('link', 'add', 'em01', 'type', 'veth', 'peer', 'name', 'em01p');
  await ip('link', 'set', 'em01', 'up');
  const delays: number[] = [];
  for (let i = 1; i <= 10; i++) {
    const before = await ip('addr', 'add', `198.51.100.${i}/32`, 'dev', 'em01');
    const state = await seen(before, ({ nics }) =>
      nics.some(({ addresses }) => addresses.includes(`198.51.100.${i}/32`)),
    );
    delays.push(state.at - before);
  }
  console.log(`link change to fact: ${delays.sort((a, b) => a - b).join(' ')} ms`);
});

test('a bridge with a VXLAN and a veth port', async () => {
  await ip('link', 'add', 'br_em01', 'type', 'bridge');
  await ip('link', 'add', 'em01', 'type', 'veth', 'peer', 'name', 'em01p');
  await ip('link', 'add', 'vx7', 'type', 'vxlan', 'id', '7', 'dstport', '4789', 'local', '127.0.0.1');
  await ip('link', 'set', 'em01', 'master', 'br_em01');
  const before = await ip('link', 'set', 'vx7', 'master', 'br_em01');
  await seen(before, has('br_em01', { kind: 'bridge', ports: ['em01', 'vx7'] }));
  expect(nic('vx7')).toMatchObject({ kind: 'vxlan', master: 'br_em01' });
});

test('a thousand changes at once are a few readings, and the last state is right', async () => {
  await ip('link', 'add', 'em01', 'type', 'veth', 'peer', 'name', 'em01p');
  const addresses = Array.from({ length: 1000 }, (_, i) => `addr add 10.9.${i >> 8}.${i & 255}/32 dev em01`);
  const batch = ['nsenter', '-t', String(child.pid), '-n', 'ip', '-batch', '-'];
  const before = Date.now();
  await mustRun(batch, { timeout: 60_000, input: addresses.join('\n') });
  await seen(before, (state) =>
    state.nics.some((one) => one.name === 'em01' && one.addresses.length === 1000),
  );
  // Two readings are 300 ms apart, and the changes take as long as the machine needs.
  const most = 6 + (Date.now() - before) / 300;
  expect(states.filter(({ at }) => at >= before).length).toBeLessThanOrEqual(most);
});

test('when the kernel’s reports end the section is stale, and a second later it is right again', async () => {
  const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8');
  const [monitor] = children.trim().split(' ').map(Number);
  const before = Date.now();
  process.kill(monitor as number, 'SIGKILL');
  expect((await seen(before, ({ state }) => state === 'stale')).why).toBe('changes are not reported now');
  // Made while nobody listened: the reading at the monitor's return must find it.
  await ip('link', 'add', 'em05', 'type', 'veth', 'peer', 'name', 'em05p');
  await seen(before, (state) => state.state === 'known' && state.nics.some(({ name }) => name === 'em05'));
});
