import { open } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';

/** Sends a file, from the offset on that was asked for. Throws `notFound` where there is none. */
export async function sendFile(
  { headers }: IncomingMessage,
  response: ServerResponse,
  path: string | undefined,
): Promise<void> {
  const file = path === undefined ? undefined : await open(path, 'r').catch(() => undefined);
  if (file === undefined) throw new Fault('notFound', say('there is no such file', '没有该文件'));
  const [, from = '0'] = /^bytes=(\d{1,15})-$/.exec(headers.range ?? '') ?? [];
  const { size } = await file.stat();
  const start = Math.min(Number(from), size);
  response.writeHead(206, {
    'content-type': 'application/octet-stream',
    'content-length': size - start,
    'content-range': `bytes ${start}-${Math.max(start, size - 1)}/${size}`,
  });
  // A host that hangs up is not to be told.
  await pipeline(file.createReadStream({ start }), response).catch(() => response.destroy());
}
