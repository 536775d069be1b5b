import { createHash } from 'node:crypto';
import type { Client, ConnectConfig } from 'ssh2';
import { Fault } from '../api/fault.ts';
import { bracketed } from '../api/host.ts';
import { say, type Words } from '../api/words.ts';
import { codeOf } from './errno.ts';

/** Where an SSH server listens. */
export interface SshServer {
  address: string;
  port: number;
}

const CONNECT_MILLISECONDS = 20_000;

/** SHA-256 of a server's key as `ssh-keygen -l` writes it. Nobody logs in. Faults: `unavailable`, `timeout`, each naming the server. */
export async function hostKeyOf(server: SshServer, signal: AbortSignal): Promise<string> {
  let seen: string | undefined;
  const look = (key: Buffer) => {
    seen = fingerprint(key);
    return false;
  };
  const client = await connected(server, { username: 'nobody', hostVerifier: look }, signal).catch(
    (thrown: unknown) => {
      if (seen === undefined) throw thrown;
    },
  );
  client?.destroy();
  if (seen === undefined) throw noServer(server, new Error('no key'));
  return seen;
}

/** An open connection on which the caller has been let in. Faults: `unavailable`, `refused`, `timeout`, each naming the server. */
export async function connected(
  server: SshServer,
  options: Pick<ConnectConfig, 'username' | 'hostVerifier' | 'authHandler' | 'password' | 'privateKey'>,
  signal: AbortSignal,
): Promise<Client> {
  // Loaded when it is first needed: most starts never are.
  const { Client } = await import('ssh2');
  signal.throwIfAborted();
  const client = new Client();
  const { promise, resolve, reject } = Promise.withResolvers<Client>();
  const stop = () => reject(signal.reason);
  signal.addEventListener('abort', stop);
  // It stays: what comes later is told by 'close' to who waits.
  client.on('error', (error) => reject(connectFault(error, server, options.privateKey !== undefined)));
  client.once('ready', () => resolve(client));
  client.once('close', () => reject(noServer(server, new Error('closed'))));
  try {
    const { address: host, port } = server;
    client.connect({ host, port, readyTimeout: CONNECT_MILLISECONDS, ...options });
    // Each question is answered before the next one is asked: held back, it would cost 40 ms more.
    client.setNoDelay(true);
    return await promise;
  } catch (thrown) {
    client.destroy();
    throw thrown;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** SHA-256 of a key as `ssh-keygen -l` writes it. */
export const fingerprint = (key: Buffer): string =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;

/** `host:port`, IPv6 in brackets. */
export const textOf = ({ address, port }: SshServer): string => `${bracketed(address)}:${port}`;

const UNREACHABLE: Record<string, Words> = {
  ECONNREFUSED: say('nothing listens there', '没有程序在监听'),
  EHOSTUNREACH: say('no route to it', '没有到达它的路由'),
  ENETUNREACH: say('no route to it', '没有到达它的路由'),
  ENOTFOUND: say('no such name', '没有该名称'),
  EAI_AGAIN: say('no name server answers', '域名服务器没有应答'),
  ETIMEDOUT: say('no answer', '没有应答'),
};

function connectFault(error: Error & { level?: string }, server: SshServer, byKey: boolean): Fault {
  const where = textOf(server);
  if (error.level === 'client-authentication') {
    const { en, zh } = byKey ? say('user or key', '用户或密钥') : say('user or password', '用户或密码');
    return new Fault('refused', say(`${where} refuses this ${en}`, `${where} 拒绝该${zh}`), { cause: error });
  }
  if (error.level === 'client-timeout') {
    const seconds = CONNECT_MILLISECONDS / 1000;
    return new Fault(
      'timeout',
      say(`${where} did not answer within ${seconds} s`, `${where} 在 ${seconds} 秒内没有应答`),
    );
  }
  const code = codeOf(error) ?? '';
  const why = UNREACHABLE[code];
  if (why === undefined) return noServer(server, error);
  return new Fault(
    'unavailable',
    say(`${where} cannot be reached: ${why.en}`, `无法连接 ${where}：${why.zh}`),
    { cause: error },
  );
}

const noServer = (server: SshServer, cause: Error): Fault =>
  new Fault(
    'unavailable',
    say(
      `${textOf(server)} does not answer as an SSH server: ${cause.message}`,
      `${textOf(server)} 没有以 SSH 服务应答：${cause.message}`,
    ),
    { cause },
  );

/** The server shows another key than the one that it must have. @param seen its fingerprint */
export const changedKey = (server: SshServer, seen: string): Fault =>
  new Fault(
    'conflict',
    say(
      `the host key of ${textOf(server)} is not the one that was confirmed: it is ${seen} now`,
      `${textOf(server)} 的主机密钥与已确认的不同：现在是 ${seen}`,
    ),
    { next: say('if that machine was made anew, set the copy up again', '如果该机器已重装，请重新设置副本') },
  );
