import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { createWebSocketStream, type WebSocket } from 'ws';
import { CLOSED } from './endings.ts';

/** Between two signs of life. A browser that missed two of them, and sent nothing, is gone. */
const BEAT_MILLISECONDS = 45_000;

/**
 * Brings bytes between a browser and a guest's screen, at the pace of the slower one. Settles when either has ended, or
 * with the signal; then not a byte more reaches the guest.
 */
export async function join(browser: WebSocket, guest: Duplex, signal: AbortSignal): Promise<void> {
  const stream = createWebSocketStream(browser);
  const beats = keepAlive(browser);
  const over = Promise.race([endOf(stream), endOf(guest), once(signal, 'abort')]);
  stream.pipe(guest, { end: false });
  guest.pipe(stream, { end: false });
  if (!signal.aborted) await over;
  clearInterval(beats);
  guest.destroy();
  browser.close(CLOSED.guest);
}

/** Either may be cut off at any moment: that is how screens end. */
const endOf = (end: Duplex): Promise<void> =>
  new Promise((over) => {
    for (const event of ['end', 'error', 'close']) end.on(event, () => over());
  });

function keepAlive(browser: WebSocket): NodeJS.Timeout {
  let missed = 0;
  const heard = (): void => {
    missed = 0;
  };
  browser.on('pong', heard).on('message', heard);
  return setInterval(() => {
    if (missed === 2) browser.terminate();
    missed += 1;
    browser.ping();
  }, BEAT_MILLISECONDS);
}
