import type { BaseOptions } from '../../../scripts/vm/images.mts';
import { pickFrom, randomOf, seed, tellSeed } from '../../fakes/random.ts';
import { bootedAppliance, bootedDebian } from './appliance.ts';
import { factsOf } from './facts.ts';
import type { Machine } from './machine.ts';
import type { Lab } from './machine-test.ts';
import { profile } from './profile.ts';
import type { Port } from './switch.ts';
import { until } from './wait.ts';

/** A node that is managed over a NIC of its own, and how to ask its controller for changes of its network. */

export const NODE = '192.0.2.4';
export const OTHER = '192.0.2.1';
export const LIMIT = 300_000;

/** `ZS_EVERY=1`: each point and each Debian, not some of them at random. Takes hours. */
export const EVERYTHING = process.env.ZS_EVERY === '1';
const random = randomOf(seed);
let told = false;

/** One of what is too much for every run. */
export function oneOf<T>(all: readonly T[]): T {
  if (!told) tellSeed();
  told = true;
  return pickFrom(random, all);
}

/** They differ in NetworkManager. */
export const DEBIANS: [name: string, options: BaseOptions][] = [
  ['Debian 12', {}],
  ['Debian 13', { suite: 'trixie' }],
];
/** One of them, or both. */
export const DEBIANS_NOW = EVERYTHING ? DEBIANS : [oneOf(DEBIANS)];

/** The management address moves from its NIC onto a new bond. */
export const MOVED = {
  kind: 'createBond',
  name: 'bond0',
  mode: 'active-backup',
  members: ['ens16', 'ens17'],
};

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

export interface World {
  node: Machine;
  other: Machine;
  /** The node's two cables. */
  ports: Port[];
}

/** A node with two cables and no address, and another machine on the same switch, which can be its gateway. */
export async function joined(lab: Lab, options?: BaseOptions): Promise<World> {
  const snapshot = await bootedAppliance('compute', options);
  const node = await lab.clone(snapshot, { name: 'node' });
  // It only answers: without our package it takes less of the processors.
  const other = await lab.clone(await bootedDebian(), { name: 'other' });
  const network = lab.network();
  const ports = [network.port(), network.port()];
  for (const port of ports) await node.plug(port);
  await other.plug(network.port());
  await node.put('/root/ask.cjs', ASK);
  await profile(other, `${OTHER}/24`);
  return { node, other, ports };
}

/** A node that is managed at 192.0.2.4 on ens16, ens17 free, and another machine on the same switch, also its gateway. */
export async function managed(lab: Lab, options?: BaseOptions): Promise<World> {
  const world = await joined(lab, options);
  await profile(world.node, `${NODE}/24`, OTHER);
  await reached(world.other);
  return world;
}

const pings = async (from: Machine, address: string): Promise<boolean> =>
  (await from.attempt(['ping', '-n', '-c', '1', '-W', '1', address])).code === 0;

export const reached = (other: Machine, seconds = LIMIT / 1000): Promise<unknown> =>
  until('the node at its address', async () => (await pings(other, NODE)) || undefined, {
    limitMs: seconds * 1000,
  });

/** The power is cut and comes back; waits until the other machine reaches the node. */
export async function powerCycled({ node, other }: Pick<World, 'node' | 'other'>): Promise<void> {
  await node.powerCut();
  await node.start();
  await node.agent.ready();
  await reached(other);
}

const ASKING = '/usr/lib/zs-node/runtime/node /root/ask.cjs';

/** The answers to a short action, a line each. */
export const asked = (node: Machine, action: string, input: object): Promise<string> =>
  node.run([...ASKING.split(' '), action, JSON.stringify(input)], { limitMs: LIMIT });

/** Starts a change and leaves it running; what is answered goes to /run/answers. @param after done in the node then */
export async function begin(node: Machine, change: object, unattended: boolean, after = ':'): Promise<void> {
  await node.put('/run/input.json', JSON.stringify({ change, unattended }));
  await node.shell(
    `rm -f /run/answers; setsid sh -c '${ASKING} network.change "$(cat /run/input.json)"; ${after}' > /run/answers 2>&1 < /dev/null &`,
  );
}

export const answered = (node: Machine, pattern: RegExp): Promise<string> =>
  until(
    String(pattern),
    async () => {
      const text = (await node.attempt(['cat', '/run/answers'])).stdout.toString();
      if (pattern.test(text)) return text;
      if (text.includes('"fault"')) throw new Error(text.slice(-2000));
      return undefined;
    },
    { limitMs: LIMIT, everyMs: 50 },
  );

/** The last answer of a change that ends, good or bad. */
export async function ended(node: Machine): Promise<string> {
  const text = await answered(node, /"id":2,"(ok|fault)"/);
  return text.trim().split('\n').at(-1) ?? '';
}

/** What the main screen warns of, once the controller has started. */
export const attention = (node: Machine): Promise<string[]> =>
  until(
    'the controller',
    async () => {
      const facts = await factsOf(node).catch(() => undefined);
      return facts?.attention.map(({ level, words }) => `${level}: ${words.en}`);
    },
    { limitMs: LIMIT, everyMs: 500 },
  );
