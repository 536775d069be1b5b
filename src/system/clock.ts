import { clockMaxError } from './posix.ts';

/** The kernel lets the error grow to this many microseconds and no further: nobody keeps its clock in step then. */
const NOBODY_KEEPS_IT = 16_000_000;

/** Whether an NTP client keeps the wall clock in step, by the kernel's own word: the same question timedated asks. */
export const isClockSynced = (): boolean => clockMaxError() < NOBODY_KEEPS_IT;
