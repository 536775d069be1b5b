import { spawnSync } from 'node:child_process';
import { randomOf, seed, tellSeed } from '../fakes/random.ts';
import type { WorldPlace } from './passwords/world.ts';

const CHILD = new URL('passwords/child.ts', import.meta.url).pathname;

/** A change that a process of its own makes. */
export interface Deed {
  place: WorldPlace;
  action: string;
  input: object;
}

/** Each costs seconds: every so many of them, from another one with each seed. All of them: `ZS_EVERY=1`. */
export function everyNth(all: number, step: number): number[] {
  if (process.env.ZS_EVERY === '1') return Array.from({ length: all }, (_, at) => at + 1);
  tellSeed();
  const first = 1 + Math.floor(randomOf(seed)() * Math.min(step, all));
  return Array.from({ length: Math.ceil((all - first + 1) / step) }, (_, at) => first + at * step);
}

/**
 * Makes the change to its end, which tells how many moments it has, then again and again, killed at every so many of
 * them and at the last one. `look` answers what is so after a kill; `again` makes the world as it was before.
 */
export async function killedAtMoments(
  deed: Deed,
  step: number,
  { look, again }: { look(where: string): Promise<string>; again(): Promise<void> },
): Promise<string[]> {
  const all = madeBy(deed, 0);
  if (all === undefined) throw new Error('it ended by itself, killed by nobody');
  await again();
  const ends: string[] = [];
  for (const wanted of new Set([...everyNth(all, step), all])) {
    const dieAt = await killedAt(deed, wanted, again);
    ends.push(await look(`killed at ${dieAt} of ${all}`));
    await again();
  }
  console.log(`${deed.action}: killed at ${ends.length} of ${all} moments: ${ends.join(' ')}`);
  return ends;
}

/** What waits for a server has a moment more or less each time: where there is none so late, it is the last one. */
async function killedAt(deed: Deed, wanted: number, again: () => Promise<void>): Promise<number> {
  let dieAt = wanted;
  for (let tries = 0; tries < 3; tries++) {
    const made = madeBy(deed, dieAt);
    if (made === undefined) return dieAt;
    await again();
    dieAt = made;
  }
  throw new Error(`it has no moment ${dieAt}`);
}

/** How many moments it had; undefined when it was killed at one. */
function madeBy(deed: Deed, dieAt: number): number | undefined {
  const input = JSON.stringify({ ...deed, dieAt });
  const child = spawnSync(process.execPath, [CHILD], { input, encoding: 'utf8', timeout: 300_000 });
  if (child.signal === 'SIGKILL') return undefined;
  if (child.status !== 0) throw new Error(`${deed.action}, ended by ${child.signal}: ${child.stderr}`);
  return Number(child.stdout);
}
