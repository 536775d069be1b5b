import { closeSync, constants, openSync } from 'node:fs';
import { ReadStream, WriteStream } from 'node:tty';
import { Fault } from '../api/fault.ts';
import { same } from '../api/words.ts';

/** Ctrl+]: leaves the line. */
const LEAVE = 0x1d;

/**
 * Joins this terminal with a line of another: each key goes there, and what comes from there is shown, until Ctrl+] or
 * the line's end. Throws `usage` where this is no terminal.
 * @param path of a terminal, such as `/dev/pts/3`
 */
export async function attach(path: string): Promise<'left' | 'ended'> {
  const { stdin, stdout } = process;
  if (!stdin.isTTY) throw new Fault('usage', same('this is no terminal: log in on one'));
  const line = opened(path, (fd) => new ReadStream(fd));
  const keys = opened(path, (fd) => new WriteStream(fd));
  const ended = new Promise<'ended'>((over) => {
    for (const event of ['end', 'error', 'close']) line.on(event, () => over('ended'));
    keys.on('error', () => over('ended'));
  });
  const left = new Promise<'left'>((over) => {
    stdin.on('data', (bytes: Buffer) => {
      const at = bytes.indexOf(LEAVE);
      keys.write(at < 0 ? bytes : bytes.subarray(0, at));
      if (at >= 0) over('left');
    });
  });
  line.on('data', (bytes: Buffer) => stdout.write(bytes));
  stdin.setRawMode(true);
  try {
    return await Promise.race([ended, left]);
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    line.destroy();
    keys.destroy();
  }
}

function opened<T>(path: string, as: (fd: number) => T): T {
  let fd: number | undefined;
  try {
    fd = openSync(path, constants.O_RDWR | constants.O_NOCTTY);
    return as(fd);
  } catch (cause) {
    if (fd !== undefined) closeSync(fd);
    throw new Fault('unavailable', same(`${path}: ${(cause as Error).message}`), { cause });
  }
}
