import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { Fault } from '../../api/fault.ts';
import type { Lang } from '../../api/words.ts';
import { Connections } from '../../system/connections.ts';
import type { Log } from '../../system/log.ts';
import type { Grant } from '../resource/console/grants.ts';
import { isOwnOrigin, type Wanted, wantedOf } from './address.ts';
import { answer } from './answer.ts';
import { CLOSED } from './endings.ts';
import type { PageFiles } from './files.ts';
import { join } from './screen.ts';
import type { Tickets } from './tickets.ts';

interface Parts {
  readonly tickets: Tickets;
  readonly files: PageFiles;
  /** Whether what the token was given for still holds. */
  holds(grant: Grant): Promise<boolean>;
  /** A line to the guest's screen. Throws a Fault that says why there is none. */
  open(grant: Grant, signal: AbortSignal): Promise<Duplex>;
  readonly log: Log;
}

/** Many people may come from behind one address. More than are taken in one go, so that those who ask are heard first. */
const PLACES = { most: 4_096, mostOfOne: 1_024 };
const PATIENCE_MILLISECONDS = 5_000;
const MOST_HEADER_BYTES = 16_384;
/** A browser sends keys and clippings. */
const MOST_MESSAGE_BYTES = 1_048_576;
/** As RFC 6455 has it. */
const MOST_REASON_BYTES = 123;

/** The screens of VMs on one port: the page that shows one, and the websocket that brings it. */
export class ConsoleProxy {
  readonly #parts: Parts;
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MOST_MESSAGE_BYTES,
    // What older clients ask for. Pictures are packed already.
    handleProtocols: (offered) => (offered.has('binary') ? 'binary' : false),
    perMessageDeflate: false,
  });

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#server = createServer({
      maxHeaderSize: MOST_HEADER_BYTES,
      keepAliveTimeout: PATIENCE_MILLISECONDS,
      headersTimeout: PATIENCE_MILLISECONDS,
      requestTimeout: PATIENCE_MILLISECONDS,
      connectionsCheckingInterval: 1_000,
    });
    const places = new Connections(PLACES);
    this.#server.on('connection', (socket) => places.enter(socket));
    this.#server.on('request', (request, response) => {
      places.asks(request.socket);
      response.once('close', () => places.answered(request.socket));
      answer(request, response, parts);
    });
    this.#server.on('upgrade', (request, socket, head) => {
      places.asks(request.socket);
      socket.on('error', () => undefined);
      void this.#upgrade(request, socket, head);
    });
  }

  /** Throws what `listen` throws. */
  listen(host: string, port: number): Promise<void> {
    return new Promise((listening, failed) => {
      this.#server.once('error', failed);
      this.#server.listen({ host, port }, () => {
        this.#server.removeListener('error', failed);
        listening();
      });
    });
  }

  async close(): Promise<void> {
    this.#parts.tickets.withdraw(() => true);
    this.#server.closeAllConnections();
    for (const browser of this.#sockets.clients) browser.terminate();
    await new Promise((closed) => this.#server.close(closed));
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const wanted = wantedOf(request);
    const grant = await this.#granted(request, wanted);
    if (wanted === undefined || grant === undefined || !this.#server.listening) {
      const none = 'HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';
      // The other side is not waited for.
      socket.end(none, () => socket.destroy());
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (browser) => {
      void this.#show(browser, wanted, grant, langOf(request));
    });
  }

  async #granted(request: IncomingMessage, wanted: Wanted | undefined): Promise<Grant | undefined> {
    const grant = wanted && this.#parts.tickets.find(wanted.token);
    if (wanted?.file !== '' || grant === undefined || !isOwnOrigin(request)) return undefined;
    const holds = await this.#parts.holds(grant).catch((thrown) => {
      this.#parts.log(`console of VM ${grant.vm}: ${Fault.from(thrown).words.en}`);
      return false;
    });
    return holds ? grant : undefined;
  }

  async #show(browser: WebSocket, { token }: Wanted, grant: Grant, lang: Lang): Promise<void> {
    const gone = new AbortController();
    browser.on('error', () => undefined);
    browser.once('close', () => gone.abort());
    const left = this.#parts.tickets.enter(token, (why) => {
      browser.close(CLOSED[why]);
      gone.abort();
    });
    if (left === undefined) return browser.close(CLOSED.withdrawn);
    try {
      // What a browser says before the guest is there waits.
      browser.pause();
      const guest = await this.#parts.open(grant, gone.signal);
      browser.resume();
      await join(browser, guest, gone.signal);
    } catch (thrown) {
      const { words } = Fault.from(thrown);
      if (!gone.signal.aborted) this.#parts.log(`console of VM ${grant.vm}: ${words.en}`);
      browser.resume();
      browser.close(CLOSED.unavailable, reasonOf(words[lang]));
    } finally {
      left();
    }
  }
}

const langOf = ({ headers }: IncomingMessage): Lang =>
  headers['accept-language']?.startsWith('zh') ? 'zh' : 'en';

/** As much of a text as the close of a websocket holds, in whole letters. */
function reasonOf(text: string): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(MOST_REASON_BYTES));
  return text.slice(0, read);
}
