import type { Socket } from 'node:net';
import type { Caller } from '../api/action.ts';
import { peerCredentials } from './posix.ts';
import { terminalLine } from './terminal-line.ts';

/** Who is at the other end of a unix socket, by the kernel's word. Throws when it has gone. */
export function identify(socket: Socket): Pick<Caller, 'uid' | 'pid' | 'line'> {
  const { uid, pid } = peerCredentials(socket);
  return { uid, pid, line: terminalLine(pid) };
}
