import { expect } from 'vitest';
import { bootedAppliance } from './driver/appliance.ts';
import { lldpFrame } from './driver/lldp.ts';
import type { Machine } from './driver/machine.ts';
import { machineTest } from './driver/machine-test.ts';
import { LIMIT } from './driver/managed.ts';
import { choose, MENU, unlock } from './driver/person.ts';
import type { Port } from './driver/switch.ts';
import { until } from './driver/wait.ts';

/** The switch tells who it is, until the node's lldpd has heard it. */
async function told(port: Port, heard: () => Promise<boolean>, seconds: number): Promise<void> {
  const frame = lldpFrame({ system: 'rack7-leaf2', port: 'Ethernet1/14', seconds });
  await until(
    'LLDP',
    async () => {
      port.send(frame);
      return (await heard()) || undefined;
    },
    { limitMs: LIMIT, everyMs: 1000 },
  );
}

/** Goes down the list to a link. */
async function select(node: Machine, name: string): Promise<void> {
  const chosen = new RegExp(`> ${name} `);
  for (let step = 0; step < 10 && !chosen.test(await node.screen.text()); step++) {
    const before = await node.screen.text();
    await node.keyboard.press('down');
    await until('the choice below', async () => (await node.screen.text()) !== before || undefined);
  }
  expect(await node.screen.text()).toMatch(chosen);
}

machineTest(
  'the switch at the other end of a cable is in the list, by LLDP; a NIC blinks where its driver can, and where it cannot that is said',
  async (lab) => {
    const node = await lab.clone(await bootedAppliance('compute'), { name: 'node' });
    const network = lab.network();
    const ports = [network.port(), network.port()] as const;
    await node.plug(ports[0]);
    await node.plug(ports[1], 'e1000');
    const up = async () =>
      ((await node.run(['nmcli', '-t', 'd'])).match(/^ens1[67]:ethernet:disconnected/gm)?.length ?? 0) ===
        2 || undefined;
    await until('both NICs', up, { limitMs: LIMIT });
    const neighbours = () => node.run(['lldpcli', 'show', 'neighbors']);
    await told(ports[0], async () => (await neighbours()).includes('rack7-leaf2'), 900);

    await unlock(node, 'f2');
    await node.screen.see(MENU);
    await choose(node, 'Configure Networks');
    await node.screen.see(/ens16 +UP +1G .* rack7-leaf2 Ethernet1\/14/);
    await node.screen.see(/ens17 +UP +1G .* e1000$/m);

    await select(node, 'ens16');
    await node.keyboard.press('i');
    await node.screen.see(/ens16 cannot blink: its driver has no way to/);
    await node.keyboard.press('ret');
    await node.screen.gone(/cannot blink/);
    await select(node, 'ens17');
    await node.keyboard.press('i');
    const blinking = async () => (await node.attempt(['pgrep', '-f', '^ethtool -p ens17 10$'])).code === 0;
    await until('the light blinks', async () => (await blinking()) || undefined);
    const from = performance.now();
    await until('the light is still', async () => !(await blinking()) || undefined, { everyMs: 250 });
    // Ten seconds, of which some went by before it was seen.
    expect(performance.now() - from).toBeGreaterThan(1000);
    expect(await node.screen.text()).toMatch(/> ens17/);

    // It says good-bye: what is not true any more is not shown.
    await told(ports[0], async () => !(await neighbours()).includes('rack7-leaf2'), 0);
    await node.keyboard.press('esc');
    await node.screen.see(MENU);
    await choose(node, 'Configure Networks');
    await node.screen.see(/ens16 +UP/);
    expect(await node.screen.text()).not.toContain('rack7-leaf2');
  },
);
