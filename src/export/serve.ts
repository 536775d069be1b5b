import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { guardedServer } from './guarded.ts';
import { folderPage } from './page.ts';
import { openBelow, rowsOf, segmentsOf } from './path.ts';
import { say, sendFile } from './send-file.ts';
import { findShare, type Share } from './share.ts';

export interface ExportOptions {
  /** Folder of the shares. */
  root: string;
  /** Wall time in milliseconds since 1970. */
  now?(): number;
}

/** Nothing that is served may run, load anything, or tell another site where it was. */
const HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
};

/** A server that shows and hands out what lies in shares, and nothing else. It listens to nobody yet. */
export const exportServer = (options: ExportOptions): Server =>
  guardedServer((request, response) => answer(options, request, response));

async function answer(
  { root, now = Date.now }: ExportOptions,
  request: IncomingMessage,
  response: ServerResponse,
) {
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    return say(response, 405, 'only reading');
  }
  const pathname = (request.url ?? '').split('?')[0] ?? '';
  const [token = '', ...names] = segmentsOf(pathname.slice(1)) ?? [];
  const share = await findShare(root, token, now());
  const found = share && (await openBelow(root, [token, ...names]));
  if (share === undefined || found === undefined) return say(response, 404, 'not here, or not any more');
  if (found.kind === 'file') return sendFile(found, names.at(-1) ?? '', request, response);
  if (!pathname.endsWith('/'))
    return redirect(response, `/${[token, ...names].map(encodeURIComponent).join('/')}/`);
  return sendFolder(share, names, found.path, request, response);
}

async function sendFolder(
  share: Share,
  names: string[],
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const html = Buffer.from(folderPage(share, names, await rowsOf(path)));
  response.setHeader('Content-Type', 'text/html; charset=utf-8');
  response.setHeader('Content-Length', html.length);
  response.end(request.method === 'HEAD' ? undefined : html);
}

function redirect(response: ServerResponse, location: string): void {
  response.setHeader('Location', location);
  say(response, 308, 'a folder');
}
