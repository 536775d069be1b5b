import { expect } from 'vitest';
import { bootedAppliance } from './driver/appliance.ts';
import type { Machine } from './driver/machine.ts';
import { type Lab, machineTest } from './driver/machine-test.ts';
import { bondByKeyboard } from './driver/network-person.ts';
import type { Port } from './driver/switch.ts';
import { until } from './driver/wait.ts';

const NODE = '192.0.2.4';
const PARTNER = '192.0.2.1';
const LIMIT = 240_000;

/** A node and its partner, joined by two cables: ens16 and ens17 on both. */
async function joined(lab: Lab): Promise<[Machine, Machine]> {
  const snapshot = await bootedAppliance('compute');
  const node = await lab.clone(snapshot, { name: 'node' });
  const partner = await lab.clone(snapshot, { name: 'partner' });
  for (let index = 0; index < 2; index++) {
    const { ends } = lab.cable();
    await node.plug(ends[0]);
    await partner.plug(ends[1]);
  }
  await Promise.all([hasNics(node, 2), hasNics(partner, 2)]);
  return [node, partner];
}

/** Plugs the ports in, as ens16 and so on, and waits until NetworkManager knows them. */
async function plugged(machine: Machine, ports: Port[]): Promise<void> {
  for (const port of ports) await machine.plug(port);
  await hasNics(machine, ports.length);
}

const hasNics = (machine: Machine, count: number) =>
  until(
    'NICs',
    async () => {
      const text = await machine.run(['nmcli', '-t', 'd']);
      return (text.match(/^ens\d+:ethernet:disconnected/gm)?.length ?? 0) >= count || undefined;
    },
    { limitMs: LIMIT },
  );

/**
 * The partner's bond is made with NetworkManager's own client, without our programs. It has a name of its own: systemd
 * makes the MAC of a bond from its name and the machine's id, which clones share.
 */
async function partnerBond(partner: Machine): Promise<void> {
  await partner.shell(
    `nmcli -t c add type bond con-name bond9 ifname bond9 bond.options mode=802.3ad,miimon=100,lacp_rate=fast ipv4.method manual ipv4.addresses ${PARTNER}/24 ipv6.method disabled autoconnect no
for nic in ens16 ens17; do nmcli -t c add type ethernet con-name bond9-$nic ifname $nic master bond9 autoconnect no; done
nmcli -w 60 c up bond9-ens16; nmcli -w 60 c up bond9-ens17`,
    { limitMs: LIMIT },
  );
}

const answers = (from: Machine, address: string) =>
  until(
    `${address} answers`,
    async () => (await from.attempt(['ping', '-n', '-c', '1', '-W', '1', address])).code === 0 || undefined,
    { limitMs: LIMIT },
  );

const script = (machine: Machine, ...argv: string[]) => machine.attempt(argv, { limitMs: LIMIT });

async function mustScript(machine: Machine, ...argv: string[]): Promise<string> {
  const { code, stdout, stderr } = await script(machine, ...argv);
  expect([argv.join(' '), code, stderr.toString()]).toEqual([argv.join(' '), 0, stderr.toString()]);
  return stdout.toString();
}

machineTest(
  'an LACP bond with a partner, made by keyboard, carries traffic, also with one link cut, and is there after a reboot',
  async (lab) => {
    const [node, partner] = await joined(lab);
    await partnerBond(partner);
    await bondByKeyboard(node, { mode: '802.3ad', address: NODE });
    await node.keyboard.press('y');
    await node.screen.see(/made and kept/);
    await answers(node, PARTNER);
    expect((await node.get('/proc/net/bonding/bond0')).toString()).toMatch(/Number of ports: 2/);
    const table = await mustScript(node, 'zs-show-network');
    for (const nic of ['ens16', 'ens17'])
      expect(table).toMatch(
        new RegExp(`\\| bond0 +\\| ${nic} +\\| miimon=100 mode=4 xmit_hash_policy=layer2\\+3 +\\|`),
      );
    await node.link(0, false);
    await answers(node, PARTNER);
    await node.link(0, true);
    await node.powerCut();
    await node.start();
    await node.agent.ready(LIMIT);
    await answers(node, PARTNER);
  },
  15,
);

machineTest(
  'a switch without LACP is refused in the right words, and nothing is left of the change',
  async (lab) => {
    const node = await lab.clone(await bootedAppliance('compute'), { name: 'node' });
    const network = lab.network();
    await plugged(node, [network.port(), network.port()]);
    await mustScript(node, 'zs-bond-lacp', '-c', 'bond0');
    // The kernel gives a bond that lost its last port an address at random.
    const look =
      "ip -br link | sort | sed '/^bond0/s/..:..:..:..:..:..//'; ls /etc/NetworkManager/system-connections";
    const before = await node.shell(look);
    const { code, stderr } = await script(node, 'zs-nic-to-bond', '-a', 'bond0', 'ens16');
    expect(stderr.toString()).toContain('the switch does not speak LACP at ens16');
    expect(code).toBe(1);
    expect(await node.shell(look)).toBe(before);
  },
  15,
);

machineTest(
  'every mode of bond is made and removed, and VLANs 1 and 4094 on it',
  async (lab) => {
    const node = await lab.clone(await bootedAppliance('compute'), { name: 'node' });
    const network = lab.network();
    await plugged(node, [network.port(), network.port()]);
    const before = await node.shell('ip -br link | sort');
    for (const mode of ['0', '1', '2', '3', '5', '6']) {
      await mustScript(node, 'zs-bond', '-c', 'bond7', mode);
      await mustScript(node, 'zs-nic-to-bond', '-a', 'bond7', 'ens16');
      expect(await node.shell('cat /sys/class/net/bond7/bonding/mode')).toContain(` ${mode}`);
      if (mode === '1') {
        for (const id of ['1', '4094']) {
          await mustScript(node, 'zs-vlan', '-c', 'bond7', id);
          expect(await node.shell(`ip -d link show bond7.${id}`)).toContain(`id ${id} `);
          await mustScript(node, 'zs-vlan', '-d', 'bond7', id);
        }
      }
      await mustScript(node, 'zs-nic-to-bond', '-d', 'bond7', 'ens16');
      await mustScript(node, 'zs-bond', '-d', 'bond7');
    }
    expect(await node.shell('ip -br link | sort')).toBe(before);
  },
  20,
);

machineTest(
  'a renamed NIC keeps its name over a reboot, in its bond and under its VLAN',
  async (lab) => {
    const node = await lab.clone(await bootedAppliance('compute'), { name: 'node' });
    const network = lab.network();
    await plugged(node, [network.port(), network.port()]);
    await mustScript(node, 'zs-bond', '-c', 'bond0', '1');
    await mustScript(node, 'zs-nic-to-bond', '-a', 'bond0', 'ens17');
    await mustScript(node, 'zs-vlan', '-c', 'ens16', '20');
    await mustScript(node, 'zs-change-nic', '-c', 'ens17', 'up17');
    await mustScript(node, 'zs-change-nic', '-c', 'ens16', 'up16');
    const named = async () => {
      const links = await node.shell('ip -br link');
      return /up16\.20@up16/.test(links) && !/ens1[67]/.test(links) ? true : undefined;
    };
    const inBond = async () =>
      (await node.attempt(['cat', '/sys/class/net/bond0/bonding/slaves'])).stdout.toString().trim() ===
        'up17' || undefined;
    await until('the new names', named, { limitMs: LIMIT });
    await until('the bond', inBond, { limitMs: LIMIT });
    await node.powerCut();
    await node.start();
    await node.agent.ready(LIMIT);
    await until('the new names after the start', named, { limitMs: LIMIT });
    await until('the bond after the start', inBond, { limitMs: LIMIT });
  },
  20,
);

machineTest(
  'a bond changes over to the port that is chosen and stays up, keeps options that nobody named, and gives its address back',
  async (lab) => {
    const node = await lab.clone(await bootedAppliance('compute'), { name: 'node' });
    const network = lab.network();
    await plugged(node, [network.port(), network.port()]);
    await mustScript(node, 'zs-bond', '-c', 'bond0', '1', 'miimon=100', 'num_grat_arp=3', 'resend_igmp=2');
    for (const nic of ['ens16', 'ens17']) await mustScript(node, 'zs-nic-to-bond', '-a', 'bond0', nic);
    await mustScript(node, 'zs-network-setting', '-i', 'bond0', NODE, '24');
    const bonding = async (name: string) =>
      (await node.get(`/sys/class/net/bond0/bonding/${name}`)).toString().trim();
    const lost = async () => (await node.get('/sys/class/net/bond0/carrier_down_count')).toString();
    const before = await lost();
    for (const nic of ['ens17', 'ens16']) {
      await mustScript(node, 'zs-bond', '-u', 'bond0', '1', `primary=${nic}`);
      expect(await bonding('active_slave')).toBe(nic);
    }
    expect(await lost()).toBe(before);
    await mustScript(node, 'zs-bond', '-u', 'bond0', '1', 'updelay=200');
    expect([await bonding('updelay'), await bonding('num_grat_arp'), await bonding('resend_igmp')]).toEqual([
      '200',
      '3',
      '2',
    ]);
    const lacp = ['lacp_rate=fast', 'ad_actor_system=00:00:5e:00:53:05'];
    await mustScript(node, 'zs-nic-to-bond', '-d', 'bond0', 'ens17');
    await mustScript(node, 'zs-bond', '-c', 'bond1', '4', ...lacp);
    await mustScript(node, 'zs-bond', '-u', 'bond1', '4', 'miimon=50');
    expect(await node.shell('cat /sys/class/net/bond1/bonding/ad_actor_system')).toContain(
      '00:00:5e:00:53:05',
    );
    expect(await node.shell('cat /sys/class/net/bond1/bonding/lacp_rate')).toContain('fast');
    await mustScript(node, 'zs-bond', '-d', 'bond0');
    expect(await node.shell('ip -br -4 a show ens16')).toContain(`${NODE}/24`);
  },
  12,
);
