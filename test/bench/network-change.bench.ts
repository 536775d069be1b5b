import type { Connection } from '../../src/api/client.ts';
import { make, mustMake, NetworkWorld } from '../services/network-world.ts';
import { type Bench, median } from './row.ts';

const ROUNDS = 5;
const LINKS = 200;

/** From Y to the evidence, in milliseconds: the plan was shown before. */
async function evidenceTime(connection: Connection, address: string): Promise<number> {
  const change = { kind: 'setAddress', link: 'em02', address, netmask: '24' } as const;
  await connection.call({ name: 'network.plan' }, { change });
  const from = performance.now();
  let proven = Number.NaN;
  const { job } = await make(connection, change, {
    onPending: ({ phase }) => {
      if (phase === 'keeping' && Number.isNaN(proven)) proven = performance.now() - from;
    },
  });
  if (job.fault !== undefined) throw new Error(job.fault.words.en);
  return proven;
}

/** The same change by NetworkManager's client, which ends when the link is up. */
async function plainTime(world: NetworkWorld, address: string): Promise<number> {
  const from = performance.now();
  await world.inside('nmcli', 'c', 'mod', 'em02', 'ipv4.addresses', `${address}/24`);
  await world.inside('nmcli', '-w', '30', 'c', 'up', 'em02');
  return performance.now() - from;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

async function samples(measure: (round: number) => Promise<number>): Promise<number[]> {
  const found: number[] = [];
  for (let round = 0; round < ROUNDS; round++) found.push(await measure(round));
  return found;
}

async function addLinks(world: NetworkWorld): Promise<void> {
  const lines = Array.from({ length: LINKS / 2 }, (_, at) => `link add a${at} type veth peer name b${at}`);
  await world.inside('sh', '-c', `printf '%s\\n' "$0" | ip -batch -`, lines.join('\n'));
}

const bench: Bench = async () => {
  const world = await NetworkWorld.start({ nics: 2 });
  try {
    await world.startController();
    const connection = await world.connect();
    await mustMake(connection, { kind: 'setAddress', link: 'em02', address: '198.51.100.1', netmask: '24' });
    const ours = median(await samples((round) => evidenceTime(connection, `198.51.100.${10 + round}`)));
    const plain = median(await samples((round) => plainTime(world, `198.51.100.${20 + round}`)));
    await addLinks(world);
    const read = median(await samples(() => timed(() => connection.call({ name: 'network.read' }, {}))));
    const ip = median(
      await samples(() =>
        timed(async () => {
          await world.inside('ip', '-j', '-d', 'link');
          await world.inside('ip', '-j', 'addr');
        }),
      ),
    );
    connection.close();
    return [
      {
        name: 'static address: Y to evidence',
        value: ours,
        unit: 'ms',
        limit: 1.3 * plain,
        peers: { nmcli: plain },
      },
      {
        name: `reading ${LINKS} links with their profiles`,
        value: read,
        unit: 'ms',
        peers: { 'ip twice': ip },
      },
    ];
  } finally {
    await world.end();
  }
};
export default bench;
