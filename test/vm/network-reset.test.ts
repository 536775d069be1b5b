import { expect } from 'vitest';
import { bootedAppliance } from './driver/appliance.ts';
import type { Machine } from './driver/machine.ts';
import { machineTest } from './driver/machine-test.ts';
import { until } from './driver/wait.ts';

/** The emergency reset where the management network is tagged: on a NIC, then on an LACP bond, each over a reboot. */

const PARTNER = '10.20.0.1';
const NODE = '10.20.0.4';
const LIMIT = 240_000;

const answers = (from: Machine) =>
  until(
    `${PARTNER} answers`,
    async () => (await from.attempt(['ping', '-n', '-c', '1', '-W', '1', PARTNER])).code === 0 || undefined,
    { limitMs: LIMIT },
  );

async function mustReset(node: Machine, nic: string): Promise<void> {
  const argv = ['zs-network-reset', nic, NODE, '24', PARTNER, '--vlan', '20', '--yes'];
  const { code, stderr } = await node.attempt(argv, { limitMs: LIMIT });
  expect([code, stderr.toString()]).toEqual([0, '']);
}

async function startedAnew(node: Machine): Promise<void> {
  await node.powerCut();
  await node.start();
  await node.agent.ready();
}

machineTest(
  'the emergency reset reaches a tagged VLAN, on a NIC and on a bond, also at the next boot',
  async (lab) => {
    const snapshot = await bootedAppliance('compute');
    const node = await lab.clone(snapshot, { name: 'node' });
    const partner = await lab.clone(snapshot, { name: 'partner' });
    for (let index = 0; index < 2; index++) {
      const { ends } = lab.cable();
      await node.plug(ends[0]);
      await partner.plug(ends[1]);
    }
    for (const machine of [node, partner])
      await until(
        'NICs',
        async () => {
          const text = await machine.run(['nmcli', '-t', 'd']);
          return (text.match(/^ens1[67]:ethernet:disconnected/gm)?.length ?? 0) === 2 || undefined;
        },
        { limitMs: LIMIT },
      );
    await partner.shell(
      `nmcli -t c add type ethernet con-name ens16 ifname ens16 ipv4.method disabled ipv6.method disabled autoconnect no
nmcli -t c add type vlan con-name v20 ifname v20 dev ens16 id 20 ipv4.method manual ipv4.addresses ${PARTNER}/24 ipv6.method disabled autoconnect no
nmcli -w 60 c up ens16; nmcli -w 60 c up v20`,
      { limitMs: LIMIT },
    );
    await mustReset(node, 'ens16');
    expect(await node.shell('ip -d link show ens16.20')).toContain('vlan protocol 802.1Q id 20 ');
    await answers(node);
    await startedAnew(node);
    await answers(node);

    await partner.shell(
      `nmcli c delete v20 ens16
nmcli -t c add type bond con-name bond9 ifname bond9 bond.options mode=802.3ad,miimon=100,lacp_rate=fast ipv4.method disabled ipv6.method disabled autoconnect no
for nic in ens16 ens17; do nmcli -t c add type ethernet con-name bond9-$nic ifname $nic master bond9 autoconnect no; done
nmcli -t c add type vlan con-name v20 ifname v20 dev bond9 id 20 ipv4.method manual ipv4.addresses ${PARTNER}/24 ipv6.method disabled autoconnect no
nmcli -w 60 c up bond9-ens16; nmcli -w 60 c up bond9-ens17; nmcli -w 60 c up v20`,
      { limitMs: LIMIT },
    );
    await node.shell(
      `nmcli -t c add type bond con-name bond0 ifname bond0 bond.options mode=802.3ad,miimon=100,lacp_rate=fast,xmit_hash_policy=layer2+3 ipv4.method disabled ipv6.method disabled
for nic in ens16 ens17; do nmcli -t c add type ethernet con-name bond0-$nic ifname $nic master bond0; done
nmcli -w 60 c up bond0-ens16; nmcli -w 60 c up bond0-ens17`,
      { limitMs: LIMIT },
    );
    await mustReset(node, 'bond0');
    await answers(node);
    await startedAnew(node);
    await answers(node);
    expect(await node.shell('cat /proc/net/bonding/bond0')).toMatch(
      /LACP rate: fast[\s\S]*Number of ports: 2/,
    );
    expect((await node.shell('ls /etc/NetworkManager/system-connections')).trim().split('\n')).toEqual([
      'bond0-reset.nmconnection',
      'bond0.20-reset.nmconnection',
      'ens16-reset.nmconnection',
      'ens17-reset.nmconnection',
    ]);
  },
  40,
);
