import { Fault } from '../../api/fault.ts';
import { unknown } from '../../api/reading.ts';
import { say } from '../../api/words.ts';
import { whyOf } from '../../system/errno.ts';
import { mustRun } from '../../system/exec.ts';
import type { Board } from '../facts/board.ts';
import type { Hardware } from '../facts/schema.ts';
import type { Supplier } from '../facts/supplier.ts';
import { TICK } from '../facts/ticker.ts';

const TIMEOUT = 60_000;
const HOUR = 3_600_000;

/** The first inventory waits this long, so that it does not slow the start of console and controller. */
const START_PAUSE = 3000;

/**
 * What the machine is made of, told by a short-lived program of its own, at low priority: once at start, and while
 * watched again every hour.
 * @param program path of the inventory program's file.
 */
export function hardwareSupplier(board: Board, program: string): Supplier {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let next = 0;
  const read = async () => {
    if (performance.now() < next) return;
    next = performance.now() + HOUR;
    board.set('hardware', await inventory(program, abort.signal));
  };
  return {
    start: () => {
      next = performance.now() + START_PAUSE;
      timer = setTimeout(() => {
        // A timer may fire a millisecond before its time, which would put the reading off by an hour.
        next = 0;
        void read();
      }, START_PAUSE);
    },
    stop: () => {
      clearTimeout(timer);
      abort.abort();
    },
    polls: [{ every: HOUR / TICK, read }],
  };
}

async function inventory(program: string, signal: AbortSignal): Promise<Hardware> {
  const argv = ['nice', '-n', '10', process.execPath, program];
  try {
    return JSON.parse(await mustRun(argv, { timeout: TIMEOUT, signal })) as Hardware;
  } catch (thrown) {
    const why = unknown(isSlow(thrown) ? NOT_READ : whyOf(thrown));
    return { vendor: why, model: why, serial: why, bmcAddress: why, cpuModel: why, disks: why };
  }
}

const isSlow = (thrown: unknown): boolean => thrown instanceof Fault && thrown.kind === 'timeout';
const NOT_READ = say(
  `not read within ${TIMEOUT / 1000} s, tried again in an hour`,
  `${TIMEOUT / 1000} 秒内未能读取，一小时后重试`,
);
