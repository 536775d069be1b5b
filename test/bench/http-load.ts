import { connect } from 'node:net';

const CONNECTIONS = 32;

export interface Load {
  readonly port: number;
  readonly authorization: string;
  readonly seconds: number;
  /** The path of each request in turn. */
  path(at: number): string;
  /** Throws when an answer is not what was asked for. */
  check(body: string, at: number): void;
}

/** Requests a second that a server answers to clients who each wait for their answer and ask again at once. */
export async function answersPerSecond(load: Load): Promise<number> {
  const end = performance.now() + load.seconds * 1000;
  let done = 0;
  const next = () => done++;
  const from = performance.now();
  await Promise.all(Array.from({ length: CONNECTIONS }, () => client(load, end, next)));
  return (done / (performance.now() - from)) * 1000;
}

/** One client over one connection: only as much of HTTP as our server's answers need. */
function client({ port, authorization, path, check }: Load, end: number, next: () => number): Promise<void> {
  const socket = connect(port, '127.0.0.1').setNoDelay();
  return new Promise((resolve, reject) => {
    let text = '';
    let at = 0;
    const ask = () => {
      if (performance.now() > end) {
        socket.destroy();
        return resolve();
      }
      at = next();
      socket.write(`GET ${path(at)} HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\n\r\n`);
    };
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
      const head = text.indexOf('\r\n\r\n');
      const length = /content-length: (\d+)/i.exec(text)?.[1];
      if (head < 0 || length === undefined || text.length < head + 4 + Number(length)) return;
      const body = text.slice(head + 4);
      text = '';
      try {
        check(body, at);
      } catch (error) {
        socket.destroy();
        return reject(error);
      }
      ask();
    });
    socket.on('error', reject).on('connect', ask);
  });
}
