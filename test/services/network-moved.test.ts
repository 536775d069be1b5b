import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Connection } from '../../src/api/client.ts';
import type { ShownPlan } from '../../src/api/plan.ts';
import type { ChangeInput } from '../../src/node/network/change/schema/change.ts';
import { planNetworkReset, resetNetwork } from '../../src/node/network/change/schema/reset.ts';
import { TestTerminal } from '../screens/terminal.ts';
import { make, NetworkWorld, plan } from './network-world.ts';

// Between a plan and the order to make it somebody else changes the network, by NetworkManager and the kernel themselves.

const CLI = fileURLToPath(new URL('../../dist/cli.cjs', import.meta.url));
const BRIDGE: ChangeInput = { kind: 'createBridge', link: 'em02' };
const MOVED = 'the node changed meanwhile: look again';
let world: NetworkWorld;
let connection: Connection;

beforeAll(async () => {
  world = await NetworkWorld.start({ nics: 3, nodeIni: 'network_evidence_seconds = 5\n' });
  await world.startController();
  connection = await world.connect();
});
afterAll(async () => {
  connection?.close();
  await world?.end();
});

/** One profile of em02, and no other. */
async function addressByHand(address: string): Promise<void> {
  await world.inside('sh', '-c', 'nmcli con down by-hand; nmcli con delete by-hand; true');
  const profile = ['type', 'ethernet', 'ifname', 'em02', 'con-name', 'by-hand', 'ipv6.method', 'disabled'];
  await world.inside(
    ...['nmcli', 'con', 'add', ...profile, 'ipv4.method', 'manual', 'ipv4.addresses', address],
  );
  await world.inside('nmcli', 'con', 'up', 'by-hand');
}

const links = () => world.inside('sh', '-c', 'ip -br -4 a | sort; ip -br link | cut -c1-40 | sort');

const addressesIn = ({ steps }: ShownPlan): string =>
  JSON.stringify(steps).match(/198\.51\.100\.\d+/)?.[0] ?? '';

beforeEach(() => addressByHand('198.51.100.7/24'));

test('a plan that would take another address along is not made, and comes back as it is now', async () => {
  const before = await plan(connection, BRIDGE);
  expect(addressesIn(before)).toBe('198.51.100.7');
  await addressByHand('198.51.100.8/24');
  const links1 = await links();
  const { job } = await make(connection, BRIDGE, { seen: before.digest });
  expect(job.fault).toMatchObject({ kind: 'conflict', words: { en: MOVED } });
  expect(await links()).toBe(links1);
  const now = job.fault?.plan as ShownPlan;
  expect(addressesIn(now)).toBe('198.51.100.8');
  expect(now.digest).toBe((await plan(connection, BRIDGE)).digest);
  const again = await make(connection, BRIDGE, { seen: now.digest });
  expect(again.job.fault).toBeUndefined();
  expect(await links()).toMatch(/br_em02\s+\S+\s+198\.51\.100\.8\/24/);
  // Made already: nothing is left to do, and that is another plan too.
  const over = await make(connection, { kind: 'deleteBridge', name: 'br_em02' });
  expect(over.job.fault).toBeUndefined();
});

test('what does not touch the plan is no reason to ask again, be it a state that was found and kept meanwhile', async () => {
  const { digest } = await plan(connection, BRIDGE);
  await world.inside('nmcli', 'con', 'add', 'type', 'dummy', 'ifname', 'dummy7', 'con-name', 'dummy7');
  await world.inside('ip', 'link', 'set', 'em03', 'mtu', '1400');
  const { job } = await make(connection, BRIDGE, { seen: digest });
  expect(job.fault).toBeUndefined();
  await make(connection, { kind: 'deleteBridge', name: 'br_em02' });
  await world.inside('nmcli', 'con', 'delete', 'dummy7');
});

test('at a terminal the plan is printed again and asked for again', async () => {
  const add = ['zs-network-setting', '-a', 'em02', '203.0.113.5', '24'];
  const words = [...add, '--data', `${world.folder}/data`];
  const [file = '', ...args] = [...world.enter, process.execPath, CLI, ...words];
  const terminal = new TestTerminal({ argv: [file, ...args], rows: 60 });
  try {
    await terminal.see('Make this change?');
    await addressByHand('198.51.100.9/24');
    const before = await links();
    await terminal.type('y\r');
    await terminal.see(MOVED);
    await terminal.until(() => terminal.grid().split('Make this change?').length === 3);
    expect(terminal.grid().split(MOVED)[1]).toContain('198.51.100.9');
    expect(await links()).toBe(before);
    await terminal.type('n\r');
    expect((await terminal.exited).exitCode).toBe(0);
    expect(await links()).toBe(before);
  } finally {
    await terminal.end();
  }
});

test('a reset that would take another link away is not made', async () => {
  const input = { nic: 'em03', method: 'dhcp' } as const;
  const before = await connection.call(planNetworkReset, input);
  expect((await connection.call(planNetworkReset, input)).digest).toBe(before.digest);
  await world.inside('nmcli', 'con', 'add', 'type', 'bridge', 'ifname', 'br9', 'con-name', 'br9');
  await world.inside('sh', '-c', 'until ip link show br9; do sleep 0.1; done');
  const state = await links();
  const order = connection.call(resetNetwork, { ...input, seen: before.digest });
  const fault = await order.catch((thrown) => thrown);
  expect(fault).toMatchObject({ kind: 'conflict', words: { en: MOVED } });
  expect(fault.plan.warnings[0].en).toContain('br9');
  expect(await links()).toBe(state);
});
