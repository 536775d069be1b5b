import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NetworkState } from '../../src/node/network/change/schema/state.ts';
import { watchNetwork } from '../../src/node/network/change/schema.ts';
import { run } from '../../src/system/exec.ts';
import { eventually, NetworkWorld } from './network-world.ts';

const CLI = fileURLToPath(new URL('../../dist/cli.cjs', import.meta.url));
let world: NetworkWorld;

beforeAll(async () => {
  world = await NetworkWorld.start({
    nics: 2,
    nodeIni: 'management_nic = em01\nnetwork_evidence_seconds = 5\n',
  });
});
afterAll(() => world?.end());

/** A script without a terminal, in the node. */
const script = (...words: string[]) =>
  run([...world.enter, process.execPath, CLI, ...words, '--data', `${world.folder}/data`], {
    timeout: 60_000,
  });

describe.each([
  ['without a controller', false],
  ['through the controller', true],
])('%s', (_, serving) => {
  beforeAll(async () => {
    if (serving) await world.startController();
  });

  test('an address is set, shown and removed', async () => {
    const set = await script('zs-network-setting', '-i', 'em02', '198.51.100.7', '255.255.255.0');
    expect([set.code, set.stderr]).toEqual([0, expect.stringContaining('Keep it: write everything to disk')]);
    const shown = await script('zs-show-network');
    expect(shown.stdout).toContain(
      'em02: <UP> mtu 1500\n    link/ether 52:54:00:00:00:02\n    inet 198.51.100.7/24',
    );
    const removed = await script('zs-network-setting', '-d', 'em02', '--yes');
    expect(removed.code).toBe(0);
    expect(await world.inside('ip', '-br', '-4', 'a', 'show', 'em02')).not.toContain('198.51.100.7');
  });

  test('a bridge is made with its address, and goes with it', async () => {
    expect((await script('zs-network-setting', '-b', 'em02', '198.51.100.8', '24')).code).toBe(0);
    expect(await world.inside('ip', '-br', '-4', 'a', 'show', 'br_em02')).toContain('198.51.100.8/24');
    expect((await script('zs-network-setting', '-d', 'em02')).code).toBe(0);
    expect(await world.inside('ip', '-br', 'link')).not.toContain('br_em02');
  });

  test('a name that would steer the terminal only shows; JSON has it as it is', async () => {
    const wild = `x\u001b[2J\u009b'5"m\\`;
    await world.inside('ip', 'link', 'add', 'name', wild, 'type', 'veth', 'peer', 'name', 'wild0');
    try {
      const shown = await script('zs-show-network');
      expect([shown.code, shown.stderr]).toEqual([0, '']);
      expect(shown.stdout).toContain(`x?[2J?'5"m\\: <`);
      expect(shown.stdout).not.toMatch(/[\u001b\u0080-\u009f]/);
      const json = await script('zs-show-network', '--json');
      expect(json.stdout).not.toMatch(/[\u001b\u0080-\u009f]/);
      const names = (JSON.parse(json.stdout) as { links: { name: string }[] }).links.map(({ name }) => name);
      expect(names).toContain(wild);
      const refused = await script('zs-change-nic', '-c', wild, 'em01', '--yes');
      expect(refused.code).toBe(2);
      expect(refused.stderr).not.toMatch(/[\u001b\u0080-\u009f]/);
    } finally {
      await world.inside('ip', 'link', 'del', wild);
    }
  });

  test('a plan is printed and nothing changed', async () => {
    const { stdout, code } = await script('zs-change-nic', '-c', 'em02', 'storage2', '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toContain('Rename em02 to storage2');
    expect(await world.inside('ip', '-br', 'link')).toContain('em02');
    const json = await script('zs-change-nic', '-c', 'em02', 'storage2', '--dry-run', '--json');
    expect(JSON.parse(json.stdout).steps.length).toBeGreaterThan(2);
  });

  test('what does not hold is taken back and said', async () => {
    const { code, stderr } = await script(
      'zs-network-setting',
      '-i',
      'em02',
      '198.51.100.7',
      '24',
      '198.51.100.1',
    );
    expect(code).toBe(1);
    expect(stderr).toContain('gateway 198.51.100.1 on em02: does not answer ARP');
    expect(await world.inside('ip', '-br', '-4', 'a', 'show', 'em02')).not.toContain('198.51.100.7');
  });

  test('what does not fit exits 2 with one line', async () => {
    const { code, stderr } = await script('zs-nic-to-bond', '-a', 'bond7', 'em02');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^zs-nic-to-bond: (BOND: )?there is no link "bond7"\n$/);
  });
});

test('while NetworkManager is away the kernel’s view is told, and all again when it is back', async () => {
  const connection = await world.connect();
  const states: NetworkState[] = [];
  const stop = new AbortController();
  const watching = connection
    .call(watchNetwork, {}, { signal: stop.signal, onItem: (state) => states.push(state) })
    .catch(() => undefined);
  await eventually('the first state', () => states.length > 0);
  // Whoever starts it again waits as long.
  const keeper = Number(world.enter[2]);
  process.kill(keeper, 'SIGSTOP');
  process.kill(Number(readFileSync(`${world.folder}/nm.pid`, 'utf8')), 'SIGKILL');
  try {
    await eventually('the kernel alone', () => states.at(-1)?.withoutManager !== undefined);
    expect(states.at(-1)?.links.map(({ name }) => name)).toContain('em02');
    const shown = await script('zs-show-network');
    expect([shown.code, shown.stderr]).toEqual([
      0,
      '! NetworkManager does not run: this is what the kernel has, and nothing can be changed\n',
    ]);
    expect(shown.stdout).toContain('em02: <UP> mtu 1500\n    link/ether 52:54:00:00:00:02');
    const refused = await script('zs-vlan', '-c', 'em02', '30', '--dry-run');
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringMatching(/^zs-vlan: NetworkManager does not run\n/),
    ]);
  } finally {
    process.kill(keeper, 'SIGCONT');
  }
  await eventually('all again', () => states.at(-1)?.withoutManager === undefined);
  expect(states.at(-1)?.links.find(({ name }) => name === 'em02')).toMatchObject({
    kind: 'physical',
    managed: true,
  });
  stop.abort();
  await watching;
  connection.close();
});
