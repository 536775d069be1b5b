import { median } from './row.ts';

/** Both in turn, so that what else the machine does meanwhile falls on both alike. Medians. */
export async function inTurn(
  rounds: number,
  ours: (round: number) => Promise<number>,
  theirs: (round: number) => Promise<number>,
): Promise<[ours: number, theirs: number]> {
  const found: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    found[0].push(await ours(round));
    found[1].push(await theirs(round));
  }
  return [median(found[0]), median(found[1])];
}

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}
