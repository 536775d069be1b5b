import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, connect, reference } from '../api/client.ts';
import { Fault } from '../api/fault.ts';
import type { Job, watchJob } from '../api/jobs.ts';
import { placesOf } from '../api/places.ts';
import type { Words } from '../api/words.ts';
import type { FirstBootState, readFirstBoot, runFirstBoot } from '../node/first-boot/schema.ts';

const EVERY_MILLISECONDS = 1_000;
/** Until a controller that is being started answers. */
const PATIENCE_MILLISECONDS = 60_000;
const TRIES = 10;
/** Each pause between two tries is twice as long as the one before, up to this: what is slow is given time. */
const LONGEST_PAUSE_MILLISECONDS = 30_000;

/**
 * Does the work with the controller; with the next one, when that ended meanwhile: it goes on where it stopped. What was
 * not done in its time, on a machine that has just been switched on and has much to do, is tried again as well.
 * @param again is told why it is @param open how the controller is reached @param pause lets a time go by
 */
export async function persistently<T>(
  work: (connection: Connection) => Promise<T>,
  again: (why: Words) => void,
  open: () => Promise<Connection> = controller,
  pause: (milliseconds: number) => Promise<unknown> = sleep,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    const connection = await open();
    let isLost = false;
    void connection.closed.then(() => {
      isLost = true;
    });
    try {
      return await work(connection);
    } catch (thrown) {
      await sleep(EVERY_MILLISECONDS);
      const { kind, words } = Fault.from(thrown);
      if (!(isLost || kind === 'timeout') || tries === TRIES) throw thrown;
      again(words);
      await pause(Math.min(EVERY_MILLISECONDS * 2 ** (tries - 1), LONGEST_PAUSE_MILLISECONDS));
    } finally {
      connection.close();
    }
  }
}

/** Connects to the controller, which may still be starting. Throws `unavailable` when it does not come. */
async function controller(): Promise<Connection> {
  const until = performance.now() + PATIENCE_MILLISECONDS;
  for (;;) {
    try {
      const version = process.env.ZS_VERSION ?? '0';
      return await connect(placesOf().controllerSocket, { program: 'script', line: '-', version });
    } catch (thrown) {
      if (Fault.from(thrown).kind !== 'unavailable' || performance.now() > until) throw thrown;
      await sleep(EVERY_MILLISECONDS);
    }
  }
}

export const stateNow = (connection: Connection): Promise<FirstBootState> =>
  connection.call(reference<typeof readFirstBoot>('firstBoot.read'), {});

/** Runs it to its end, telling each step as it begins and what is come by. Throws what it failed with. */
export async function carriedOut(connection: Connection, tell: (words: Words) => void): Promise<Words> {
  const { job } = await connection.start(reference<typeof runFirstBoot>('firstBoot.run'), {});
  let last = '';
  const onItem = (news: { job: Job } | { item: unknown }) => {
    if ('item' in news) return tell(news.item as Words);
    const { progress, fraction } = news.job;
    if (fraction === undefined || progress.en === last) return undefined;
    last = progress.en;
    return tell(progress);
  };
  const ended = await connection.call(reference<typeof watchJob>('jobs.watch'), { id: job }, { onItem });
  if (ended.fault !== undefined) throw Fault.fromRecord(ended.fault);
  return (ended.output as { ready: Words }).ready;
}
