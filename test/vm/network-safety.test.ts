import { expect } from 'vitest';
import { machineTest } from './driver/machine-test.ts';
import {
  answered,
  asked,
  attention,
  begin,
  DEBIANS,
  DEBIANS_NOW,
  ended,
  LIMIT,
  MOVED,
  managed,
  NODE,
  powerCycled,
  reached,
  type World,
} from './driver/managed.ts';
import { bondByKeyboard } from './driver/network-person.ts';
import { expectWhole, stateOf } from './driver/network-state.ts';
import { seeFigures } from './driver/person.ts';
import { until } from './driver/wait.ts';

/** Seconds until a change that nobody confirms is taken back; and until all is as it was, on an emulated machine that is busy. */
const COUNTDOWN = 30;
const LATEST = COUNTDOWN + 120;

const noBond = ({ node }: World): Promise<unknown> =>
  until('no bond', async () => !(await node.shell('ip -br link')).includes('bond0') || undefined, {
    limitMs: LIMIT,
  });

const shell =
  (command: string) =>
  async ({ node }: World): Promise<void> => {
    await node.shell(command, { limitMs: LIMIT });
  };

/** Both cables for as long as the change is there. */
async function cablesOut(world: World): Promise<void> {
  for (const port of world.ports) port.link(false);
  await noBond(world);
  for (const port of world.ports) port.link(true);
}

/** What happens while the moved address waits for its confirmation. */
const DISTURBANCES: Record<string, (world: World) => Promise<void>> = {
  'nobody is there': async () => {},
  'both cables are out': cablesOut,
  'the controller is killed': shell('systemctl kill -s KILL --kill-whom=main zs-controller'),
  'NetworkManager is restarted': shell('systemctl restart NetworkManager'),
};

/** Half of what they are without it. The countdown is never shorter than the evidence and 15 s more. */
const QUICKER = `network_evidence_seconds=${COUNTDOWN - 15}\nnetwork_countdown_seconds=${COUNTDOWN}\n`;

/** Waits until the address is back on its NIC and everything is as it was. Prints how long after `from` that was. */
async function expectBack(world: World, before: string, name: string, from: number): Promise<void> {
  await noBond(world);
  await reached(world.other);
  const seconds = (performance.now() - from) / 1000;
  console.log(`${name}: back after ${seconds.toFixed(1)} s`);
  expect(seconds).toBeLessThan(LATEST);
  await expectWhole(world.node, before);
  await attention(world.node);
}

for (const [debian, options] of DEBIANS) {
  machineTest(
    `${debian}: a moved management address that waits for its confirmation is back by itself, whatever happens, after a reboot too`,
    async (lab) => {
      const world = await managed(lab, options);
      const { node } = world;
      await node.put('/etc/zs-node/node.ini', QUICKER);
      await node.shell('sync; systemctl restart zs-controller', { limitMs: LIMIT });
      await attention(node);
      const before = await stateOf(node);
      for (const [name, disturb] of Object.entries(DISTURBANCES)) {
        await begin(node, MOVED, false);
        await answered(node, /"phase":"confirming"/);
        expect(await node.shell('ip -br -4 a show bond0')).toContain(`${NODE}/24`);
        const from = performance.now();
        await disturb(world);
        await expectBack(world, before, name, from);
      }
      await bondByKeyboard(node, { mode: 'active-backup' });
      expect(await node.shell('ip -br -4 a show bond0')).toContain(`${NODE}/24`);
      const from = performance.now();
      await node.shell('systemctl kill -s KILL --kill-whom=main zs-console');
      await expectBack(world, before, 'the console is killed', from);
      await seeFigures(node);
      await powerCycled(world);
      await expectWhole(node, before);
    },
    50,
  );
}

for (const [debian, options] of DEBIANS_NOW) {
  machineTest(
    `${debian}: the management address moves to a bond and on to a VLAN; wrong gateway, wrong VLAN: taken back`,
    async (lab) => {
      const world = await managed(lab, options);
      const { node, other } = world;
      const before = await stateOf(node);
      const change = { kind: 'setAddress', link: 'ens16', address: NODE, netmask: '24' };
      await begin(node, { ...change, gateway: '192.0.2.99' }, true);
      expect(await ended(node)).toContain('does not answer ARP');
      await reached(other);
      await expectWhole(node, before);

      await begin(node, MOVED, true);
      expect(await ended(node)).not.toContain('"fault"');
      await reached(other);
      expect(await node.shell('ip -br -4 a show bond0')).toContain(`${NODE}/24`);
      const moved = await stateOf(node);
      const vlan = { kind: 'createVlan', parent: 'bond0', moveAddress: true };
      await begin(node, { ...vlan, id: 99 }, true);
      expect(await ended(node)).toContain('does not answer ARP');
      await reached(other);
      await expectWhole(node, moved);

      await other.shell(VLAN_20_TOO, { limitMs: LIMIT });
      await reached(other);
      await begin(node, { ...vlan, id: 20 }, true);
      expect(await ended(node)).not.toContain('"fault"');
      await reached(other);
      const onVlan = await stateOf(node);
      expect(await node.shell('ip -br -4 a show bond0.20')).toContain(`${NODE}/24`);
      expect(await asked(node, 'network.read', {})).toContain('"management":"bond0.20"');
      await powerCycled(world);
      await expectWhole(node, onVlan);
    },
    40,
  );
}

/** The gateway answers at its address without a tag and in VLAN 20. */
const VLAN_20_TOO = `
nmcli -t d set ens16 managed no
ip link add br0 type bridge
ip link add link ens16 name ens16.20 type vlan id 20
ip addr flush dev ens16
ip link set ens16 master br0
ip link set ens16.20 master br0
ip addr add 192.0.2.1/24 dev br0
ip link set ens16 up; ip link set ens16.20 up; ip link set br0 up
`;
