import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { folderPage } from './page.ts';
import { type Found, openBelow, rowsOf, segmentsOf } from './path.ts';
import { Places } from './places.ts';
import { rangeOf } from './range.ts';
import { sendPart } from './send.ts';
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

/** A browser takes six connections; several people may come from one address. */
const PLACES = { most: 64, mostOfOne: 16 };
const IDLE_MILLISECONDS = 60_000;
/** From the connection to the end of the request's headers. */
const PATIENCE_MILLISECONDS = 5_000;
const LOOK_MILLISECONDS = 500;

/** A server that shows and hands out what lies in shares, and nothing else. It listens to nobody yet. */
export function exportServer(options: ExportOptions): Server {
  const server = createServer({
    keepAliveTimeout: 5_000,
    headersTimeout: PATIENCE_MILLISECONDS,
    requestTimeout: PATIENCE_MILLISECONDS,
    connectionsCheckingInterval: LOOK_MILLISECONDS,
  });
  server.timeout = IDLE_MILLISECONDS;
  const places = new Places(PLACES);
  server.on('connection', (socket) => places.enter(socket));
  server.on('request', (request, response) => {
    places.asks(request.socket);
    response.once('close', () => places.answered(request.socket));
    answer(options, request, response).catch(() => {
      if (response.headersSent) response.destroy();
      else say(response, 500, 'cannot be read');
    });
  });
  return server;
}

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

async function sendFile(
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

function redirect(response: ServerResponse, location: string): void {
  response.setHeader('Location', location);
  say(response, 308, 'a folder');
}

function say(response: ServerResponse, code: number, text: string): void {
  response.statusCode = code;
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  response.setHeader('Content-Length', text.length + 1);
  response.end(`${text}\n`);
}
