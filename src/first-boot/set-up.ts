import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../api/client.ts';
import { Fault } from '../api/fault.ts';
import type { Words } from '../api/words.ts';
import type { Obstacle } from '../node/first-boot/schema.ts';
import { carriedOut, persistently, stateNow } from './follow.ts';
import type { Teller } from './teller.ts';

/** How long an address is waited for before the console, with its network screen, gets the terminal. */
const DHCP_MILLISECONDS = 45_000;
const ASK_AGAIN_MILLISECONDS = 2_000;

/** @param offer is told once what somebody has to do meanwhile */
export async function setUp(teller: Teller, offer: (obstacle: Obstacle) => void): Promise<void> {
  const begun = performance.now();
  const offered = once(offer);
  const again = ({ en }: Words) => teller.say(`Trying again: ${en}`);
  const ready = await persistently(async (connection) => {
    const { role } = await stateNow(connection);
    teller.say(`Setting this node up: ${role}`);
    await reachable(connection, teller, offered);
    return carriedOut(connection, ({ en }) => teller.say(`  ${en}`));
  }, again);
  teller.say(`Set up in ${Math.round((performance.now() - begun) / 1000)} s.`);
  teller.say(ready.en);
}

/** Settles when nothing stands in the way any more. Throws for what does not go by waiting. */
async function reachable(
  connection: Connection,
  teller: Teller,
  offer: (obstacle: Obstacle) => void,
): Promise<void> {
  const until = performance.now() + DHCP_MILLISECONDS;
  let said = '';
  for (;;) {
    const obstacle = inTheWay((await stateNow(connection)).obstacles);
    if (obstacle === undefined) return;
    if (obstacle.words.en !== said) teller.say(`Waiting: ${obstacle.words.en}`);
    said = obstacle.words.en;
    if (performance.now() > until) offer(obstacle);
    await sleep(ASK_AGAIN_MILLISECONDS);
  }
}

function inTheWay(obstacles: readonly Obstacle[]): Obstacle | undefined {
  const machine = obstacles.find(({ kind }) => kind === 'machine');
  if (machine !== undefined) throw new Fault('conflict', machine.words, { next: machine.next });
  return obstacles[0];
}

function once<T>(work: (given: T) => void): (given: T) => void {
  let isDone = false;
  return (given) => {
    if (!isDone) work(given);
    isDone = true;
  };
}
