import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { Fault, type FaultKind } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { STREAM_PROTOCOL } from '../../node/cluster/schema.ts';
import { portTaken } from '../../system/port-holder.ts';
import type { Authority, Holder } from './authority.ts';
import type { Members } from './parties.ts';

/** What hosts ask over HTTP, beside their links: `GET` and `POST` of a path. */
export interface Route {
  readonly method: 'GET' | 'POST';
  /** Matched as a whole; groups go to the handler. */
  readonly path: RegExp;
  /** Open to nodes that have not joined. */
  readonly open?: true;
  handle(asked: Asked): Promise<void>;
}

export interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly groups: readonly string[];
  /** Uuid of the host; undefined where it has not joined. */
  readonly host: string | undefined;
  readonly address: string;
}

interface Parts {
  readonly authority: Authority;
  readonly members: Members;
  readonly routes: readonly Route[];
  /** A host's link is there. */
  linked(host: string, socket: Socket): void;
  /** Who waits for a line of that host, by a word; undefined when nobody does. */
  awaited(host: string, word: string): ((line: Socket) => void) | undefined;
  readonly log: (line: string) => void;
}

const STATUS: Partial<Record<FaultKind, number>> = { usage: 400, notFound: 404, refused: 403, conflict: 409 };
/** What a stranger may take for the handshake, and for its question. */
const PATIENCE_MILLISECONDS = 15_000;
export const LINK_PROTOCOL = 'zs-link';

/** The one port for hosts: joins, links and images, over TLS 1.3 with the cluster's own certificates. */
export class LinkServer {
  readonly #parts: Parts;
  #server: Server | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Throws `conflict` that names who holds the port. */
  async listen(host: string, port: number): Promise<void> {
    const { key, certificate } = await this.#parts.authority.forService();
    const server = createServer({
      ...{ key, cert: certificate, minVersion: 'TLSv1.3', handshakeTimeout: PATIENCE_MILLISECONDS },
      // Who a certificate belongs to is looked up for each question: dates and chains alone say too little.
      ...{ requestCert: true, rejectUnauthorized: false },
      ...{ headersTimeout: PATIENCE_MILLISECONDS, requestTimeout: PATIENCE_MILLISECONDS },
    });
    server.on('request', (request, response) => void this.#asked(request, response));
    server.on('upgrade', (request, socket) => void this.#upgraded(request, socket as TLSSocket));
    // Handshakes fail, and whoever began them knows.
    server.on('tlsClientError', () => undefined);
    await new Promise<void>((listening, failed) => {
      server.once('error', failed);
      server.listen({ host, port }, listening);
    }).catch(async (error: NodeJS.ErrnoException) => {
      throw error.code === 'EADDRINUSE' ? await portTaken(port) : error;
    });
    this.#server = server;
  }

  get port(): number {
    const address = this.#server?.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  async close(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }

  async #asked(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const path = new URL(request.url ?? '/', 'https://link').pathname;
      const route = this.#parts.routes.find((each) => each.method === request.method && each.path.test(path));
      if (route === undefined) throw new Fault('notFound', say(`there is no ${path}`, `没有 ${path}`));
      const socket = request.socket as TLSSocket;
      const host = route.open ? undefined : (await this.#member(socket)).host;
      const [, ...groups] = route.path.exec(path) ?? [];
      await route.handle({ request, response, groups, host, address: addressOf(socket) });
    } catch (thrown) {
      this.#answerFault(response, Fault.from(thrown), request.url ?? '');
    }
  }

  #answerFault(response: ServerResponse, fault: Fault, path: string): void {
    if (fault.kind === 'internal') this.#parts.log(`link ${path}: ${fault.stack}`);
    if (response.headersSent) response.destroy();
    else answer(response, STATUS[fault.kind] ?? 503, { fault: fault.toRecord() });
  }

  async #upgraded(request: IncomingMessage, socket: TLSSocket): Promise<void> {
    socket.on('error', () => undefined);
    try {
      if (request.headers.upgrade === STREAM_PROTOCOL) return await this.#streamed(request, socket);
      if (request.headers.upgrade !== LINK_PROTOCOL) throw new Fault('usage', say('no link', '不是连接请求'));
      const { host, isDue, publicKey } = await this.#member(socket);
      if (isDue)
        return raw(socket, 200, { certificate: await this.#parts.authority.forHost(host, publicKey) });
      switched(socket, LINK_PROTOCOL);
      this.#parts.linked(host, socket);
    } catch (thrown) {
      const fault = Fault.from(thrown);
      raw(socket, STATUS[fault.kind] ?? 503, { fault: fault.toRecord() });
    }
  }

  async #streamed({ url = '' }: IncomingMessage, socket: TLSSocket): Promise<void> {
    const { host } = await this.#member(socket);
    const arrived = this.#parts.awaited(host, url.replace(/^\/streams\//, ''));
    if (arrived === undefined)
      throw new Fault('notFound', say('nobody waits for this line', '没有人等待此连接'));
    switched(socket, STREAM_PROTOCOL);
    arrived(socket);
  }

  /** Throws `refused` for who is no host of this cluster. */
  async #member(socket: TLSSocket): Promise<Holder> {
    const holder = this.#parts.authority.holder(socket.getPeerX509Certificate()?.raw);
    if (holder === undefined || !(await this.#parts.members.isMember(holder.host, holder.keyHash)))
      throw stranger();
    return holder;
  }
}

/** From here on it is a line of bytes. */
function switched(socket: TLSSocket, protocol: string): void {
  socket.setTimeout(0);
  socket.setNoDelay(true);
  const head = ['HTTP/1.1 101 Switching Protocols', 'connection: upgrade', `upgrade: ${protocol}`, date()];
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
}

/** A node sees by it how far its clock is off. */
const date = (): string => `date: ${new Date().toUTCString()}`;

const addressOf = (socket: Socket): string => (socket.remoteAddress ?? '').replace(/^::ffff:/, '');

export function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
  response.end(JSON.stringify(body));
}

/** An answer to a question for an upgrade, which has no response of its own. */
function raw(socket: Socket, status: number, body: object): void {
  const text = JSON.stringify(body);
  const head = `HTTP/1.1 ${status} -\r\ncontent-type: application/json\r\nconnection: close`;
  socket.end(`${head}\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
}

const stranger = (): Fault =>
  new Fault(
    'refused',
    say('the cluster does not have this host (any more)', '集群中没有（或已删除）本主机'),
    {
      next: say('leave and join again', '请退出后重新加入'),
    },
  );
