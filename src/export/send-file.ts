import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Found } from './path.ts';
import { rangeOf } from './range.ts';
import { sendPart } from './send.ts';

/** Answers with a file, or the part of it that is asked for, and closes it. */
export async function sendFile(
  { handle, stats }: Extract<Found, { kind: 'file' }>,
  name: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const tag = `"${stats.size.toString(36)}-${Math.round(stats.mtimeMs).toString(36)}"`;
    const ifRange = request.headers['if-range'];
    const wanted = ifRange === undefined || ifRange === tag ? request.headers.range : undefined;
    const range = rangeOf(wanted, stats.size);
    describe(response, name, tag, stats.mtime);
    if (range === 'unsatisfiable') {
      response.setHeader('Content-Range', `bytes */${stats.size}`);
      return say(response, 416, 'no such part');
    }
    const { start, end } = range === 'whole' ? { start: 0, end: stats.size - 1 } : range;
    if (range !== 'whole') {
      response.statusCode = 206;
      response.setHeader('Content-Range', `bytes ${start}-${end}/${stats.size}`);
    }
    response.setHeader('Content-Length', end - start + 1);
    if (request.method === 'HEAD' || end < start) response.end();
    else await sendPart(handle, start, end, response);
  } finally {
    await handle.close();
  }
}

/** Archives are saved, everything else is shown, as plain text whatever it is. */
function describe(response: ServerResponse, name: string, tag: string, changed: Date): void {
  const archive = /\.(gz|tgz|zst|xz|zip)$/.test(name);
  response.setHeader('Content-Type', archive ? 'application/octet-stream' : 'text/plain; charset=utf-8');
  response.setHeader(
    'Content-Disposition',
    `${archive ? 'attachment' : 'inline'}; filename*=UTF-8''${encodeURIComponent(name)}`,
  );
  response.setHeader('Accept-Ranges', 'bytes');
  response.setHeader('ETag', tag);
  response.setHeader('Last-Modified', changed.toUTCString());
}

/** Answers with one line of plain text. */
export function say(response: ServerResponse, code: number, text: string): void {
  response.statusCode = code;
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  response.setHeader('Content-Length', text.length + 1);
  response.end(`${text}\n`);
}
