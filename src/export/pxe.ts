import { constants } from 'node:fs';
import { access, writeFile } from 'node:fs/promises';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { BlockList } from 'node:net';
import { join } from 'node:path';
import { guardedServer } from './guarded.ts';
import { isName, openBelow, segmentsOf } from './path.ts';
import { say, sendFile } from './send-file.ts';
import { TOKEN } from './share.ts';

export interface PxeOptions {
  /** The installation medium, under `/medium`. */
  medium: string;
  /** Kickstarts, each `TOKEN.ks`, under `/ks`. */
  kickstarts: string;
  /** Where is written down which have been fetched (`TOKEN.begun`) and whose machines are installed (`TOKEN.done`). */
  marks: string;
  /** Only who is in this network is answered. */
  network: { address: string; prefix: number };
}

/** What machines fetch that install themselves over the network. It listens to nobody yet. */
export function pxeServer(options: PxeOptions): Server {
  const near = new BlockList();
  near.addSubnet(options.network.address, options.network.prefix);
  return guardedServer(async (request, response) => {
    if (!near.check(request.socket.remoteAddress ?? '')) return say(response, 403, 'not from there');
    return answer(options, request, response);
  });
}

async function answer(
  options: PxeOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const pathname = (request.url ?? '').split('?')[0] ?? '';
  const [room, ...names] = segmentsOf(pathname.slice(1), isName) ?? [];
  const reads = request.method === 'GET' || request.method === 'HEAD';
  if (room === 'installed') return installed(options, names, request, response);
  if (!reads) return say(response, 405, 'only reading');
  if (room === 'medium') return send(options.medium, names, request, response);
  if (room !== 'ks') return say(response, 404, 'not here');
  return kickstart(options, names, request, response);
}

/** Not for a machine that is installed: without a kickstart the installer touches no disk. */
async function kickstart(
  { kickstarts, marks }: PxeOptions,
  names: readonly string[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [token = ''] = names[0]?.split('.') ?? [];
  if (TOKEN.test(token)) {
    if (await isThere(join(marks, `${token}.done`))) return say(response, 410, 'installed already');
    await mark(marks, `${token}.begun`);
  }
  return send(kickstarts, names, request, response);
}

async function send(
  root: string,
  names: readonly string[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const found = names.length === 0 ? undefined : await openBelow(root, names);
  if (found?.kind === 'file') return sendFile(found, names.at(-1) ?? '', request, response);
  say(response, 404, 'not here');
}

/** A machine that is installed says so by POST; read, it tells whether it has. */
async function installed(
  { marks, kickstarts }: PxeOptions,
  [token = '', ...more]: readonly string[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const known = TOKEN.test(token) && more.length === 0 && (await isThere(join(kickstarts, `${token}.ks`)));
  if (!known) return say(response, 404, 'not here');
  if (request.method === 'POST') await mark(marks, `${token}.done`);
  if (await isThere(join(marks, `${token}.done`))) say(response, 200, 'installed');
  else say(response, 404, 'not yet');
}

const isThere = (path: string): Promise<boolean> =>
  access(path, constants.F_OK).then(
    () => true,
    () => false,
  );

const mark = (folder: string, name: string): Promise<void> => writeFile(join(folder, name), '');
