/** One line of the bench table. */
export interface Row {
  name: string;
  /** What was measured, in `unit`; undefined: it could not be measured, and `note` says why. */
  value: number | undefined;
  unit: string;
  /** The figure that the product promises: `<= limit`, or `>= limit` with `least`. */
  limit?: number;
  least?: boolean;
  /** The same figure of other programs in the same run. */
  peers?: Record<string, number>;
  note?: string;
}

/** A file `*.bench.ts` of this folder has one of these as its default export. */
export type Bench = () => Promise<Row[]>;

/** How much of the promised amount is measured: `BENCH_SCALE=0.1` for a quick look on a busy machine. */
export const scale = Number(process.env.BENCH_SCALE ?? 1);

/** The value below which `share` (0-1) of the sorted-up samples lie. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

export const median = (samples: readonly number[]): number => quantile(samples, 0.5);
