import type { FileHandle } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';

const BLOCK = 512 * 1024;

/**
 * Sends a part of a file as the body, through two buffers by turns: fresh memory for every block would cost more than
 * the copying. Throws when the file is shorter than it was, or nobody takes the rest.
 */
export async function sendPart(
  handle: FileHandle,
  start: number,
  end: number,
  response: ServerResponse,
): Promise<void> {
  const size = Math.min(BLOCK, end - start + 1);
  const buffers = [Buffer.allocUnsafeSlow(size), Buffer.allocUnsafeSlow(size)] as const;
  let writing: Promise<void> = Promise.resolve();
  for (let at = start, turn = 0; at <= end; turn = 1 - turn) {
    const buffer = buffers[turn as 0 | 1];
    const wanted = Math.min(buffer.length, end - at + 1);
    const [{ bytesRead }] = await Promise.all([handle.read(buffer, 0, wanted, at), writing]);
    if (bytesRead === 0) throw new Error('the file became shorter');
    writing = write(response, buffer.subarray(0, bytesRead));
    at += bytesRead;
  }
  await writing;
  response.end();
}

/** Settles when the bytes are with the kernel and the buffer is free again; a client that leaves is told by no callback. */
const write = (response: ServerResponse, bytes: Buffer): Promise<void> => {
  const written = new Promise<void>((resolve, reject) => {
    const left = () => reject(new Error('nobody takes the rest'));
    response.once('close', left);
    response.write(bytes, (error) => {
      response.off('close', left);
      if (error) reject(error);
      else resolve();
    });
    if (response.destroyed) left();
  });
  // Whoever waits for it hears of it; until then it is no failure that nobody handles.
  written.catch(() => undefined);
  return written;
};
