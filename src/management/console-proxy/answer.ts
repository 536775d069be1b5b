import type { IncomingMessage, ServerResponse } from 'node:http';
import { wantedOf } from './address.ts';
import type { PageFiles } from './files.ts';
import type { Tickets } from './tickets.ts';

/** The page runs nothing but its own program, loads nothing from elsewhere, and tells nobody where it is. */
const HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
};

interface Answer {
  readonly code: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

interface Parts {
  readonly tickets: Tickets;
  readonly files: PageFiles;
}

/** Answers what is asked over plain HTTP: the page, for whoever has a token. */
export function answer(request: IncomingMessage, response: ServerResponse, parts: Parts): void {
  const { code, headers, body } = answerOf(request, parts);
  response.writeHead(code, { ...HEADERS, ...headers, 'Content-Length': Buffer.byteLength(body) });
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** The same for whoever has no token and for what is not there: strangers are told nothing. */
const NOTHING: Answer = { code: 404, headers: {}, body: '' };

function answerOf(request: IncomingMessage, { tickets, files }: Parts): Answer {
  const wanted = wantedOf(request);
  const grant = wanted && tickets.find(wanted.token);
  const isReading = request.method === 'GET' || request.method === 'HEAD';
  if (wanted === undefined || grant === undefined || !isReading) return NOTHING;
  const place = `/${wanted.token}/`;
  // The page finds its parts beside it.
  if (!request.url?.startsWith(place)) return { code: 303, headers: { Location: place }, body: '' };
  if (wanted.file === 'about.json') return found('application/json', JSON.stringify({ name: grant.name }));
  const file = files.get(wanted.file);
  return file === undefined ? NOTHING : found(file.type, file.body);
}

const found = (type: string, body: string | Buffer): Answer => ({
  code: 200,
  headers: { 'Content-Type': type },
  body,
});
