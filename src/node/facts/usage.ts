import { known, unknown } from '../../api/reading.ts';
import { say } from '../../api/words.ts';
import { whyOf } from '../../system/errno.ts';
import { type CpuTimes, cpuShare, parseCpuTimes, parseMemory, type ReadText } from '../../system/proc.ts';
import type { Board } from './board.ts';
import type { Usage } from './schema.ts';
import type { Supplier } from './supplier.ts';
import { TICK } from './ticker.ts';

const HISTORY = 60;

/** Two readings closer than this (milliseconds) say little about the load. */
const SHORTEST = 1000;

export const MEASURING = unknown(say('measuring', '测量中'));

/** A tenth of a percent is finer than anybody can see. */
const rounded = (share: number): number => Math.round(share * 1000) / 1000;

/** What the suppliers of figures need: the board, the reader of /proc, and monotonic milliseconds. */
export interface Figures {
  board: Board;
  readText: ReadText;
  now(): number;
}

/** Processor and memory use from /proc/stat and /proc/meminfo. */
export function usageSupplier({ board, readText, now }: Figures): Supplier {
  const cpu = new Series(board, now);
  const memory = new Series(board, now);
  let last: { times: CpuTimes; at: number } | undefined;

  const readCpu = () => {
    const at = now();
    if (last !== undefined && at - last.at < SHORTEST) return;
    const times = parseCpuTimes(readText('/proc/stat'));
    const share = last && cpuShare(last.times, times);
    last = { times, at };
    board.set('cpu', share === undefined ? MEASURING : known(cpu.add(share)));
  };
  const readMemory = () => {
    const { total, used } = parseMemory(readText('/proc/meminfo'));
    board.set('memory', known({ ...memory.add(used / total), used, total }));
  };
  const attempt = (section: 'cpu' | 'memory', read: () => void) => () => {
    try {
      read();
    } catch (thrown) {
      board.set(section, unknown(whyOf(thrown)));
    }
  };
  return {
    start: attempt('cpu', readCpu),
    polls: [
      { every: 1, idle: true, read: attempt('cpu', readCpu) },
      { every: 1, read: attempt('memory', readMemory) },
    ],
  };
}

/** The readings of one watched stretch, evenly spaced: after a pause the history begins anew. */
class Series {
  readonly #board: Board;
  readonly #now: () => number;
  #values: number[] = [];
  #at = 0;

  constructor(board: Board, now: () => number) {
    this.#board = board;
    this.#now = now;
  }

  add(reading: number): Usage {
    const share = rounded(reading);
    if (!this.#board.watched) return { share, history: [] };
    const at = this.#now();
    const kept = at - this.#at > 2 * TICK ? [] : this.#values;
    this.#at = at;
    this.#values = [...kept, share].slice(-HISTORY);
    return { share, history: this.#values };
  }
}
