/** The seed of this run: the one given as `ZS_SEED`, or another one each time. */
export const seed = Number(process.env.ZS_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** How a run is made again, for its log. */
export const tellSeed = (): void => console.log(`seed ${seed}: again with ZS_SEED=${seed}`);

/** Numbers that look random and are the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export const pickFrom = <T>(random: () => number, from: readonly T[]): T =>
  from[Math.floor(random() * from.length)] as T;
