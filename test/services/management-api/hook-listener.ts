import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Heard {
  readonly headers: IncomingHttpHeaders;
  // biome-ignore lint/suspicious/noExplicitAny: whatever is sent.
  readonly body: any;
}

/** Listens for what web hooks tell, and answers with the given codes in turn, then with 200. */
export class HookListener {
  readonly heard: Heard[] = [];
  readonly codes: number[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer(async (request, response) => {
      let text = '';
      for await (const chunk of request) text += chunk;
      this.heard.push({ headers: request.headers, body: JSON.parse(text) });
      response.writeHead(this.codes.shift() ?? 200, { location: '/elsewhere' });
      response.end('x'.repeat(1_000_000));
    });
  }

  static async start(port = 0): Promise<HookListener> {
    const listener = new HookListener();
    await new Promise<void>((ready) => listener.#server.listen(port, '127.0.0.1', ready));
    return listener;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/hook?of=job`;
  }

  end(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((ended) => this.#server.close(() => ended()));
  }
}
