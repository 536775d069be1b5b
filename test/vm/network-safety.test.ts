import { expect } from 'vitest';
import type { BaseOptions } from '../../scripts/vm/images.mts';
import { bootedAppliance } from './driver/appliance.ts';
import type { Machine } from './driver/machine.ts';
import { type Lab, machineTest } from './driver/machine-test.ts';
import type { Port } from './driver/switch.ts';
import { until } from './driver/wait.ts';

const NODE = '192.0.2.4';
const OTHER = '192.0.2.1';
const LIMIT = 300_000;
/** Seconds that a change may take to be gone: the countdown, and a little. */
const COUNTDOWN = 60 + 5;

/** Asks the controller for an action from inside the machine and writes each answer down as a line. */
const ASK = `
const net = require('net');
const [action, input] = process.argv.slice(2);
const socket = net.connect('/run/zs-node/controller.sock');
const send = (value) => socket.write(JSON.stringify(value) + '\\n');
let rest = '';
socket.on('connect', () => { send({ hello: { program: 'script', line: '-', version: '0' } }); send({ id: 1, action, input: JSON.parse(input) }); });
socket.on('close', () => process.exit(3));
socket.on('data', (data) => {
  const lines = (rest + data).split('\\n');
  rest = lines.pop();
  for (const line of lines) {
    console.log(line);
    const message = JSON.parse(line);
    if (message.id === 1 && message.ok && message.ok.job) send({ id: 2, action: 'jobs.watch', input: { id: message.ok.job } });
    else if ('fault' in message || ('ok' in message && (message.id === 2 || !(message.ok && message.ok.job)))) process.exit('fault' in message ? 1 : 0);
  }
});
`;

interface World {
  node: Machine;
  other: Machine;
  /** The node's two cables. */
  ports: Port[];
}

/** A node that is managed at 192.0.2.4 on ens16, ens17 free, and another machine on the same switch, also its gateway. */
async function managed(lab: Lab, options?: BaseOptions): Promise<World> {
  const snapshot = await bootedAppliance('compute', options);
  const node = await lab.clone(snapshot, { name: 'node' });
  const other = await lab.clone(snapshot, { name: 'other' });
  const network = lab.network();
  const ports = [network.port(), network.port()];
  for (const port of ports) await node.plug(port);
  await other.plug(network.port());
  await node.put('/root/ask.cjs', ASK);
  await profile(other, `${OTHER}/24`);
  await profile(node, `${NODE}/24`, OTHER);
  await reached(other);
  return { node, other, ports };
}

async function profile(machine: Machine, address: string, gateway?: string): Promise<void> {
  const known = async () => (await machine.run(['nmcli', '-t', 'd'])).includes('ens16:ethernet') || undefined;
  await until('ens16', known, { limitMs: LIMIT });
  const route = gateway === undefined ? '' : `ipv4.gateway ${gateway}`;
  await machine.shell(
    `nmcli -t c add type ethernet con-name ens16 ifname ens16 ipv4.method manual ipv4.addresses ${address} ${route} ipv6.method disabled; nmcli -w 60 c up ens16`,
    { limitMs: LIMIT },
  );
}

const pings = async (from: Machine, address: string): Promise<boolean> =>
  (await from.attempt(['ping', '-n', '-c', '1', '-W', '1', address])).code === 0;

const reached = (other: Machine, seconds = LIMIT / 1000): Promise<unknown> =>
  until('the node at its address', async () => (await pings(other, NODE)) || undefined, {
    limitMs: seconds * 1000,
  });

/** Starts a change and leaves it running; what is answered goes to /root/answers. */
async function begin(node: Machine, change: object, unattended: boolean): Promise<void> {
  const input = JSON.stringify({ change, unattended });
  await node.put('/root/input.json', input);
  await node.shell(
    'rm -f /root/answers; setsid /usr/lib/zs-node/runtime/node /root/ask.cjs network.change "$(cat /root/input.json)" > /root/answers 2>&1 < /dev/null &',
  );
}

const answered = (node: Machine, pattern: RegExp): Promise<string> =>
  until(
    String(pattern),
    async () => {
      const text = (await node.attempt(['cat', '/root/answers'])).stdout.toString();
      if (pattern.test(text)) return text;
      if (text.includes('"fault"')) throw new Error(text.slice(-2000));
      return undefined;
    },
    { limitMs: LIMIT, everyMs: 50 },
  );

const profiles = (node: Machine): Promise<string> =>
  node.shell(
    'cd /etc/NetworkManager/system-connections; grep -v timestamp *; ls /run/NetworkManager/system-connections',
  );

const MOVED = { kind: 'createBond', name: 'bond0', mode: 'active-backup', members: ['ens16', 'ens17'] };

machineTest(
  'the management address moves from a NIC to a bond and on to a VLAN; wrong VLAN: taken back',
  async (lab) => {
    const { node, other } = await managed(lab);
    await begin(node, MOVED, true);
    expect(await answered(node, /"id":2,"(ok|fault)"/)).not.toContain('"fault"');
    await reached(other);
    expect(await node.shell('ip -br -4 a show bond0')).toContain(`${NODE}/24`);
    const before = await profiles(node);
    await begin(node, { kind: 'createVlan', parent: 'bond0', id: 99, moveAddress: true }, true);
    expect(await answered(node, /"id":2,"(ok|fault)"/)).toContain('does not answer ARP');
    await reached(other, COUNTDOWN);
    expect(await profiles(node)).toBe(before);
  },
  20,
);

machineTest('a gateway that does not answer is refused as evidence, and nothing is changed', async (lab) => {
  const { node, other } = await managed(lab);
  const before = await profiles(node);
  const change = { kind: 'setAddress', link: 'ens16', address: NODE, netmask: '24', gateway: '192.0.2.99' };
  await begin(node, change, true);
  expect(await answered(node, /"id":2,"(ok|fault)"/)).toContain('does not answer ARP');
  await reached(other, COUNTDOWN);
  await until('the profiles', async () => (await profiles(node)) === before || undefined, { limitMs: LIMIT });
});

const shell =
  (command: string) =>
  async ({ node }: World): Promise<void> => {
    await node.shell(command, { limitMs: LIMIT });
  };

/** Both cables for as long as the countdown runs. */
async function cablesOut({ node, ports }: World): Promise<void> {
  for (const port of ports) port.link(false);
  await until('no bond', async () => !(await node.shell('ip -br link')).includes('bond0') || undefined, {
    limitMs: LIMIT,
  });
  for (const port of ports) port.link(true);
}

const DEBIAN_13: BaseOptions = { suite: 'trixie' };

for (const [name, disturb, options] of [
  ['nobody is there', async () => {}],
  ['both cables are out', cablesOut],
  ['the controller is killed', shell('systemctl kill -s KILL --kill-whom=main zs-controller')],
  ['NetworkManager is restarted', shell('systemctl restart NetworkManager')],
  [
    'the controller of a Debian 13 is killed',
    shell('systemctl kill -s KILL --kill-whom=main zs-controller'),
    DEBIAN_13,
  ],
  ['NetworkManager of a Debian 13 is restarted', shell('systemctl restart NetworkManager'), DEBIAN_13],
] as [string, (world: World) => Promise<void>, BaseOptions?][]) {
  machineTest(
    `${name} while a moved management address waits for its confirmation: it is back by itself`,
    async (lab) => {
      const world = await managed(lab, options);
      const { node, other } = world;
      const before = await profiles(node);
      await begin(node, MOVED, false);
      await answered(node, /"phase":"confirming"/);
      await disturb(world);
      await reached(other, COUNTDOWN * 2);
      await until('no bond', async () => !(await node.shell('ip -br link')).includes('bond0') || undefined, {
        limitMs: LIMIT,
      });
      await reached(other, COUNTDOWN);
      await until('the profiles', async () => (await profiles(node)) === before || undefined, {
        limitMs: LIMIT,
      });
    },
    20,
  );
}

machineTest(
  'power cut during the change, in the countdown and while it is being kept: after the start the old or the new state is there, whole',
  async (lab) => {
    const { node, other } = await managed(lab);
    for (const [moment, unattended] of [
      [/Take ens16 down/, true],
      [/"phase":"confirming"/, false],
      [/"phase":"keeping"/, true],
    ] as const) {
      await begin(node, MOVED, unattended);
      await answered(node, moment);
      await node.powerCut();
      await node.start();
      await node.agent.ready(LIMIT);
      await reached(other);
      const names = await node.shell('ls /etc/NetworkManager/system-connections');
      const holder = names.includes('bond0') ? 'bond0' : 'ens16';
      if (String(moment).includes('keeping')) expect(['bond0', 'ens16']).toContain(holder);
      else expect(holder).toBe('ens16');
      expect(await node.shell(`ip -br -4 a show ${holder}`)).toContain(`${NODE}/24`);
    }
  },
  25,
);
