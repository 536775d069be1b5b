import { createHash, X509Certificate } from 'node:crypto';
import { type IncomingMessage, request } from 'node:http';
import { isIP } from 'node:net';
import { text } from 'node:stream/consumers';
import { connect, type TLSSocket } from 'node:tls';
import { Fault } from '../../api/fault.ts';
import { bracketed } from '../../api/host.ts';
import { faultOf } from '../../api/wire.ts';
import { say } from '../../api/words.ts';

/** Where a management node is, and who it has to be. */
export interface Peer {
  readonly address: string;
  readonly port: number;
  /** SHA-256 of its authority's certificate, hex; undefined: whoever is there, to be looked at. */
  readonly fingerprint?: string | undefined;
  /** PEM; what this node shows of itself. */
  readonly identity?: { readonly key: string; readonly certificate: string };
}

/** A line to a management node that is who it has to be; nothing was said over it yet. */
export interface Reached {
  readonly socket: TLSSocket;
  /** PEM of its authority's certificate. */
  readonly authority: string;
  readonly fingerprint: string;
}

const CONNECT_MILLISECONDS = 10_000;
const ANSWER_MILLISECONDS = 30_000;
const MOST_ANSWER = 64 * 1024;
const FOR_SERVICE = '1.3.6.1.5.5.7.3.1';

/** SHA-256 of a certificate, hex. @param certificate PEM or DER */
export const fingerprintOf = (certificate: string | Buffer): string =>
  createHash('sha256').update(new X509Certificate(certificate).raw).digest('hex');

/**
 * Connects over TLS 1.3 and looks who is there. Dates are not asked: the clock of a node may be years off, and who the
 * other side has to be is known by its key. Throws `unavailable` field `address`; `refused` field `fingerprint` for
 * another authority than the one that it has to be, before anything was sent.
 */
export async function reach(peer: Peer, signal?: AbortSignal): Promise<Reached> {
  const socket = await connected(peer, signal);
  try {
    return { socket, ...authorityOf(socket, peer) };
  } catch (thrown) {
    socket.destroy();
    throw thrown;
  }
}

function connected(peer: Peer, signal?: AbortSignal): Promise<TLSSocket> {
  const { address, port, identity } = peer;
  return new Promise((resolve, reject) => {
    const socket = connect({
      ...{ host: address, port, minVersion: 'TLSv1.3', rejectUnauthorized: false },
      ...(isIP(address) === 0 ? { servername: address } : {}),
      ...(identity === undefined ? {} : { key: identity.key, cert: identity.certificate }),
    });
    const fail = (why: string) => {
      clearTimeout(timer);
      socket.destroy();
      reject(unreached(peer, why));
    };
    const timer = setTimeout(() => fail('no answer'), CONNECT_MILLISECONDS);
    const stop = () => fail('given up');
    signal?.addEventListener('abort', stop, { once: true });
    socket.once('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.message));
    socket.once('close', () => fail('closed'));
    socket.once('secureConnect', () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      socket.removeAllListeners('close');
      socket.setNoDelay(true);
      resolve(socket);
    });
  });
}

function authorityOf(socket: TLSSocket, peer: Peer): Omit<Reached, 'socket'> {
  // Node tells the other side's chain once only.
  const shown = socket.getPeerX509Certificate();
  const authority = shown?.issuerCertificate;
  if (shown === undefined || authority === undefined) throw notService(peer);
  const isService =
    shown.subject === 'CN=zs-management' &&
    shown.keyUsage?.includes(FOR_SERVICE) === true &&
    shown.verify(authority.publicKey) &&
    authority.verify(authority.publicKey);
  if (!isService) throw notService(peer);
  const fingerprint = fingerprintOf(authority.raw);
  if (peer.fingerprint !== undefined && fingerprint !== peer.fingerprint) throw another(peer, fingerprint);
  return { authority: authority.toString(), fingerprint };
}

/** One question over a line; the line ends with the answer's reading. Throws the fault that it answers. */
export async function ask(
  { socket }: Reached,
  { method, path, body }: { method: 'GET' | 'POST'; path: string; body?: string },
): Promise<unknown> {
  const response = await asked(socket, { method, path, body });
  const answer = await json(response);
  if (response.statusCode === 200) return answer;
  throw faultOf((answer as { fault?: unknown } | null)?.fault);
}

interface Question {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** The answer to a question as it comes. Throws `unavailable` when none does. */
export function asked(
  socket: TLSSocket,
  { method, path, body, headers = {}, signal }: Question,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const lost = (why: string) => new Fault('unavailable', say(`no answer: ${why}`, `没有应答：${why}`));
    const question = request({
      ...{ method, path, createConnection: () => socket, timeout: ANSWER_MILLISECONDS },
      ...(signal === undefined ? {} : { signal }),
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    });
    question.once('error', (error: NodeJS.ErrnoException) => reject(lost(error.code ?? error.message)));
    question.once('timeout', () => question.destroy(new Error('timeout')));
    question.once('response', resolve);
    question.once('upgrade', (response: IncomingMessage, _socket: unknown, head: Buffer) => {
      // What came along with the answer is the first of what follows.
      if (head.length > 0) socket.unshift(head);
      resolve(response);
    });
    question.end(body);
  });
}

export async function json(response: IncomingMessage): Promise<unknown> {
  let size = 0;
  response.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > MOST_ANSWER) response.destroy();
  });
  try {
    return JSON.parse(await text(response));
  } catch {
    throw new Fault('unavailable', say('the answer is not understood', '无法理解应答'));
  }
}

const hostPort = (address: string, port: number): string => `${bracketed(address)}:${port}`;

const unreached = ({ address, port }: Peer, why: string): Fault =>
  new Fault(
    'unavailable',
    say(`${hostPort(address, port)} does not answer: ${why}`, `${hostPort(address, port)} 没有应答：${why}`),
    {
      field: 'address',
      next: say(
        `is it the management node, does its firewall let port ${port} in?`,
        `请确认这是管理节点，且其防火墙已放行端口 ${port}`,
      ),
    },
  );

const notService = ({ address, port }: Peer): Fault =>
  new Fault(
    'refused',
    say(
      `${hostPort(address, port)} is no management node of such a cluster`,
      `${hostPort(address, port)} 不是此类集群的管理节点`,
    ),
    { field: 'address' },
  );

const another = ({ address, port }: Peer, fingerprint: string): Fault =>
  new Fault(
    'refused',
    say(
      `${hostPort(address, port)} is another cluster (fingerprint ${fingerprint}): nothing was sent`,
      `${hostPort(address, port)} 是另一个集群（指纹 ${fingerprint}）：未发送任何内容`,
    ),
    { field: 'fingerprint' },
  );
