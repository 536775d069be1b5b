import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A web server of one file, which breaks off or changes as a test wants it. */
export class ImageServer {
  /** Ranges that were asked for; `all` where none was. */
  readonly asked: string[] = [];
  content: Buffer;
  /** As often the connection breaks off in the middle of what it sends. */
  breaks = 0;
  tag = '"one"';
  readonly #server: Server;

  private constructor(content: Buffer) {
    this.content = content;
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  static async start(content: Buffer): Promise<ImageServer> {
    const server = new ImageServer(content);
    await new Promise<void>((ready) => server.#server.listen(0, '127.0.0.1', ready));
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/image`;
  }

  end(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((ended) => this.#server.close(() => ended()));
  }

  #answer({ url, headers }: IncomingMessage, response: ServerResponse): void {
    this.asked.push(headers.range ?? 'all');
    if (url === '/moved') response.writeHead(302, { location: '/image' }).end();
    else if (url !== '/image') response.writeHead(404).end();
    else this.#send(headers, response);
  }

  #send({ range, 'if-range': only }: IncomingMessage['headers'], response: ServerResponse): void {
    const from = only === this.tag ? Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0) : 0;
    const part = this.content.subarray(from);
    const of = { etag: this.tag, 'content-length': part.length };
    if (from === 0) response.writeHead(200, of);
    else
      response.writeHead(206, {
        ...of,
        'content-range': `bytes ${from}-${this.content.length - 1}/${this.content.length}`,
      });
    if (this.breaks === 0) response.end(part);
    else this.#breakOff(part, response);
  }

  #breakOff(part: Buffer, response: ServerResponse): void {
    this.breaks -= 1;
    response.write(part.subarray(0, part.length / 2), () => setTimeout(() => response.destroy(), 50));
  }
}
