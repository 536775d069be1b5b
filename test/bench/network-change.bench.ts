import type { Connection } from '../../src/api/client.ts';
import { latestOf } from '../../src/api/reading.ts';
import { type Facts, watchFacts } from '../../src/node/facts/schema.ts';
import { readNetwork } from '../../src/node/network/change/schema.ts';
import { mustMake, NetworkWorld } from '../services/network-world.ts';
import { evidenceTime } from './evidence-time.ts';
import { inTurn, timed } from './in-turn.ts';
import { type Bench, median } from './row.ts';

const ROUNDS = 15;
const LINKS = 200;

/** The same change by NetworkManager's client, which ends when the link is up. */
async function plainTime(world: NetworkWorld, address: string): Promise<number> {
  const from = performance.now();
  await world.inside('nmcli', 'c', 'mod', 'em02', 'ipv4.addresses', `${address}/24`);
  await world.inside('nmcli', '-w', '30', 'c', 'up', 'em02');
  return performance.now() - from;
}

async function addLinks(world: NetworkWorld): Promise<void> {
  const lines = Array.from({ length: LINKS / 2 }, (_, at) => `link add a${at} type veth peer name b${at}`);
  await world.inside('sh', '-c', `printf '%s\\n' "$0" | ip -batch -`, lines.join('\n'));
}

/** From a link that goes up or down in the kernel to the node's facts, as the main screen has them. */
async function eventTime(world: NetworkWorld, connection: Connection, round: number): Promise<number> {
  const up = round % 2 === 0;
  const cancel = new AbortController();
  const shown = new Promise<number>((resolve) => {
    const onItem = ({ nics }: Partial<Facts>) => {
      const nic = nics && latestOf(nics)?.find(({ name }) => name === 'a0');
      if (nic?.adminUp === up) resolve(performance.now());
    };
    connection.call(watchFacts, {}, { onItem, signal: cancel.signal }).catch(() => {});
  });
  await world.inside('ip', 'link', 'set', 'a0', up ? 'up' : 'down');
  const from = performance.now();
  const time = (await shown) - from;
  cancel.abort();
  return Math.max(0, time);
}

const bench: Bench = async () => {
  const world = await NetworkWorld.start({ nics: 2 });
  try {
    await world.startController();
    const connection = await world.connect();
    await mustMake(connection, { kind: 'setAddress', link: 'em02', address: '198.51.100.1', netmask: '24' });
    const [ours, plain] = await inTurn(
      ROUNDS,
      (round) =>
        evidenceTime(connection, {
          kind: 'setAddress',
          link: 'em02',
          address: `198.51.100.${10 + round}`,
          netmask: '24',
        }),
      (round) => plainTime(world, `198.51.100.${120 + round}`),
    );
    await addLinks(world);
    const first = await timed(() => connection.call(readNetwork, {}));
    const [read, ip] = await inTurn(
      ROUNDS,
      () => timed(() => connection.call(readNetwork, {})),
      () =>
        timed(async () => {
          await world.inside('ip', '-j', '-d', 'link');
          await world.inside('ip', '-j', 'addr');
        }),
    );
    const events: number[] = [];
    for (let round = 0; round < ROUNDS; round++) events.push(await eventTime(world, connection, round));
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
        limit: 1.5 * ip,
        peers: { 'ip twice': ip },
        note: `the first one ${first.toFixed(0)} ms`,
      },
      {
        name: `a change of the kernel among ${LINKS} links, to the facts`,
        value: median(events),
        unit: 'ms',
        limit: 500,
      },
    ];
  } finally {
    await world.end();
  }
};
export default bench;
