import { expect } from 'vitest';
import type { Machine } from './driver/machine.ts';
import { machineTest } from './driver/machine-test.ts';
import { answered, asked, attention, begin, ended, LIMIT, managed, reached } from './driver/managed.ts';
import { expectWhole, stateOf } from './driver/network-state.ts';
import { until } from './driver/wait.ts';

/**
 * The old name is the NIC's alternative one from the rename on: udev knows it by its slot. Where a name was kept before,
 * our own .link file has no such names, and somebody else gives it.
 */

const QUICKER = 'network_evidence_seconds=10\nnetwork_countdown_seconds=60\n';
const NAME = 'front';

const altname = (node: Machine, nic: string): Promise<unknown> =>
  until(
    `${nic} as an alternative name`,
    async () => (await node.shell(`ip link show ${NAME} || true`)).includes(`altname ${nic}`) || undefined,
    { limitMs: LIMIT },
  );

async function mustMake(node: Machine, change: object): Promise<void> {
  await begin(node, change, true);
  expect(await ended(node)).not.toContain('"fault"');
}

/** Renamed as far as the question, with the old name in the way of going back. Answers the change's number. */
async function renamed(node: Machine, nic: string): Promise<string> {
  await begin(node, { kind: 'rename', from: nic, to: NAME }, false);
  const text = await answered(node, /"phase":"confirming"/);
  await node.shell(`ip link property add dev ${NAME} altname ${nic} || true`);
  await altname(node, nic);
  return /"id":"(\d+)"/.exec(text)?.[1] ?? '';
}

/** The change is refused, or nobody confirmed it. */
async function over(node: Machine): Promise<void> {
  const last = async () => /^.*"id":2,"(?:ok|fault)".*$/m.exec(await node.shell('cat /run/answers'))?.[0];
  expect(await until('its end', last, { limitMs: LIMIT })).toContain('"fault"');
}

/** Another rename, N, the countdown, and the history. */
async function backInEachWay(node: Machine, nic: string): Promise<void> {
  await mustMake(node, { kind: 'rename', from: nic, to: NAME });
  await mustMake(node, { kind: 'rename', from: NAME, to: nic });
  const before = await stateOf(node);
  await asked(node, 'network.takeBack', { id: await renamed(node, nic) });
  await over(node);
  await expectWhole(node, before);
  await renamed(node, nic);
  await over(node);
  await expectWhole(node, before);
  const history = await asked(node, 'network.history', {});
  const state = Number(/"id":([1-9]\d*),"time"/.exec(history)?.[1]);
  await mustMake(node, { kind: 'rename', from: nic, to: NAME });
  await node.shell(`ip link property add dev ${NAME} altname ${nic} || true`);
  await mustMake(node, { kind: 'restore', id: state });
  await expectWhole(node, before);
}

machineTest(
  'a NIC, a port of a bond and a port of a bridge get their old name back: by name, by N, by the countdown, from the history',
  async (lab) => {
    const { node, other } = await managed(lab);
    await node.put('/etc/zs-node/node.ini', QUICKER);
    await node.shell('sync; systemctl restart zs-controller', { limitMs: LIMIT });
    await attention(node);
    await backInEachWay(node, 'ens16');
    await mustMake(node, { kind: 'createBond', name: 'bond0', mode: 'active-backup', members: ['ens17'] });
    await backInEachWay(node, 'ens17');
    await mustMake(node, { kind: 'createBridge', link: 'ens16' });
    await backInEachWay(node, 'ens16');
    await reached(other);
    const isGood = async () => !(await attention(node)).some((line) => line.startsWith('bad')) || undefined;
    await until('nothing bad in ATTENTION', isGood, { limitMs: LIMIT });
  },
  40,
);
