import { closeSync, constants, openSync } from 'node:fs';
import { ReadStream, WriteStream } from 'node:tty';
import { Fault } from '../api/fault.ts';
import { same } from '../api/words.ts';

/** Both ways of the line that another program has as its terminal. */
export interface SerialLine {
  readonly from: ReadStream;
  readonly to: WriteStream;
  /** Settles when the line is gone, with whoever held its other end. */
  readonly ended: Promise<void>;
  close(): void;
}

/** @param path of a terminal, such as `/dev/pts/3`. Throws `unavailable` */
export function openSerialLine(path: string): SerialLine {
  const from = opened(path, (fd) => new ReadStream(fd));
  const to = opened(path, (fd) => new WriteStream(fd));
  const ended = new Promise<void>((over) => {
    for (const event of ['end', 'error', 'close']) from.on(event, () => over());
    to.on('error', () => over());
  });
  return {
    ...{ from, to, ended },
    close() {
      from.destroy();
      to.destroy();
    },
  };
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
