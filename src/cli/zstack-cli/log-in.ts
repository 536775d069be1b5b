import { setTimeout as sleep } from 'node:timers/promises';
import { tell } from '../print.ts';
import { call } from './call.ts';
import type { Place } from './session.ts';
import { Shell } from './shell/shell.ts';

/** Whoever leaves the terminal is logged out after this. */
const IDLE_MILLISECONDS = 10 * 60_000;
/** A refusal is read before the terminal is cleared. */
const READING_MILLISECONDS = 2_000;

/**
 * Logs in as an account, whose password is asked for, reads calls from the terminal until it is left or nobody presses a
 * key for ten minutes, and logs out. Answers whether the log-in was taken.
 */
export async function loggedIn(
  place: Place,
  account: string,
  passwordFd: string | undefined,
  say: (thrown: unknown) => void,
): Promise<boolean> {
  const { success, error } = await call(place, 'LogInByAccount', [`accountName=${account}`], passwordFd);
  if (!success) {
    tell(`${error?.code}: ${error?.details}`);
    await sleep(READING_MILLISECONDS);
    return false;
  }
  try {
    await new Shell(place, say, IDLE_MILLISECONDS).run();
  } finally {
    await call(place, 'LogOut', [], undefined).catch(say);
  }
  return true;
}
