import { readlinkSync } from 'node:fs';
import { known, type Reading, unknown } from '../../api/reading.ts';
import { whyOf } from '../../system/errno.ts';
import { parseBootTime, parseLoad } from '../../system/proc.ts';
import type { ClockFact } from './schema.ts';
import type { Supplier } from './supplier.ts';
import type { Figures } from './usage.ts';

/** The kernel reckons the boot time from the wall clock, so that it wavers by a second. */
const JITTER = 2000;

/** Boot time, time zone, load, and whether an NTP client keeps the clock in step. */
export function clockSupplier({ board, readText }: Figures, readSynced: () => boolean): Supplier {
  const read = () => {
    const bootTime = attempt(() => parseBootTime(readText('/proc/stat')));
    board.set('clock', {
      bootTime: steady(board.facts.clock.bootTime, bootTime),
      zone: zone(),
      load: attempt(() => parseLoad(readText('/proc/loadavg'))),
      synced: attempt(readSynced),
    } satisfies ClockFact);
  };
  // The kernel itself reckons the load every five seconds.
  return { start: read, polls: [{ every: 3, read }] };
}

function steady(before: Reading<number>, after: Reading<number>): Reading<number> {
  const same =
    before.state === 'known' && after.state === 'known' && Math.abs(before.value - after.value) < JITTER;
  return same ? before : after;
}

function attempt<T>(read: () => T): Reading<T> {
  try {
    return known(read());
  } catch (thrown) {
    return unknown(whyOf(thrown));
  }
}

/** The system's zone, not this process's: Node keeps the one it started with. Without /etc/localtime it is UTC. */
function zone(): string {
  try {
    return readlinkSync('/etc/localtime').split('/zoneinfo/')[1] ?? 'UTC';
  } catch {
    return 'UTC';
  }
}
