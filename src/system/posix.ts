import type { Socket } from 'node:net';
import koffi from 'koffi';

/** The few calls of the C library that Node lacks. Linux with glibc, 64 bit. */

const library = koffi.load('libc.so.6');
const getsockopt = library.func('int getsockopt(int, int, int, _Out_ uint8_t *, _Inout_ uint32_t *)');
const flock = library.func('int flock(int, int)');
const openSocket = library.func('int socket(int, int, int)');
const sendto = library.func('int64_t sendto(int, const uint8_t *, size_t, int, const uint8_t *, uint32_t)');
const close = library.func('int close(int)');
const clockGettime = library.func('int clock_gettime(int, _Out_ int64_t *)');

/** What a failed call left in errno, as an error that names the call. */
function failed(call: string): NodeJS.ErrnoException {
  const number = koffi.errno();
  const codes = koffi.os.errno;
  const code =
    Object.keys(codes).find((name) => codes[name as keyof typeof codes] === number) ?? `errno ${number}`;
  return Object.assign(new Error(`${call}: ${code}`), { code });
}

const SOL_SOCKET = 1;
const SO_PEERCRED = 17;

export interface PeerCredentials {
  pid: number;
  uid: number;
  gid: number;
}

/** Who connected, as the kernel saw it then (unix(7), SO_PEERCRED). Throws when the socket is gone. */
export function peerCredentials(socket: Socket): PeerCredentials {
  const handle = (socket as unknown as { _handle?: { fd?: number } })._handle;
  if (handle?.fd === undefined || handle.fd < 0) throw new Error('the socket is closed');
  const bytes = Buffer.alloc(12);
  if (getsockopt(handle.fd, SOL_SOCKET, SO_PEERCRED, bytes, [bytes.length]) !== 0) {
    throw failed('getsockopt');
  }
  return { pid: bytes.readInt32LE(0), uid: bytes.readUInt32LE(4), gid: bytes.readUInt32LE(8) };
}

const LOCK_EX_NB = 2 | 4;

/** Takes an exclusive lock that ends with the descriptor or its process (flock(2)). False when another holds it. */
export function tryLock(fd: number): boolean {
  if (flock(fd, LOCK_EX_NB) === 0) return true;
  const error = failed('flock');
  if (error.code === 'EAGAIN' || error.code === 'EWOULDBLOCK') return false;
  throw error;
}

const AF_UNIX = 1;
const SOCK_DGRAM_CLOEXEC = 2 | 0o2000000;
const MSG_NOSIGNAL = 0x4000;

/** Sends one datagram to a unix socket; a path that begins with `@` is in the abstract space. */
export function sendDatagram(path: string, text: string): void {
  const name = Buffer.from(path.startsWith('@') ? `\0${path.slice(1)}` : `${path}\0`);
  if (name.length > 108) throw new Error('the socket path is longer than 107 bytes');
  const address = Buffer.concat([Buffer.from([AF_UNIX, 0]), name]);
  const fd = openSocket(AF_UNIX, SOCK_DGRAM_CLOEXEC, 0);
  if (fd < 0) throw failed('socket');
  const bytes = Buffer.from(text);
  const sent = sendto(fd, bytes, bytes.length, MSG_NOSIGNAL, address, address.length);
  const error = sent < 0 ? failed('sendto') : undefined;
  close(fd);
  if (error !== undefined) throw error;
}

const CLOCK_BOOTTIME = 7;

/** Milliseconds since the machine booted, sleep included; nobody can set this clock. */
export function bootMilliseconds(): number {
  const time = new BigInt64Array(2);
  if (clockGettime(CLOCK_BOOTTIME, time) !== 0) throw failed('clock_gettime');
  return Number(time[0]) * 1000 + Number(time[1]) / 1e6;
}

const adjtimex = library.func('int adjtimex(_Inout_ uint8_t *)');
const TIMEX_SIZE = 208;
const TIMEX_MAXERROR = 24;

/** The largest error, in microseconds, that the kernel believes its wall clock to have (adjtimex(2), nothing is set). */
export function clockMaxError(): number {
  const timex = Buffer.alloc(TIMEX_SIZE);
  if (adjtimex(timex) < 0) throw failed('adjtimex');
  return Number(timex.readBigInt64LE(TIMEX_MAXERROR));
}

const setresuid = library.func('long syscall(long, int, int, int)');
const SYS_SETRESUID = 117;

/**
 * Does something at once under another user: the calling thread alone takes that user's identity, and gives it back
 * before this returns. For what the kernel notes at the moment of a call, such as the peer of a unix socket.
 */
export function asUser<T>(uid: number, work: () => T): T {
  if (setresuid(SYS_SETRESUID, -1, uid, -1) !== 0) throw failed('setresuid');
  try {
    return work();
  } finally {
    if (setresuid(SYS_SETRESUID, -1, 0, -1) !== 0) process.abort();
  }
}

const bindSocket = library.func('int bind(int, const uint8_t *, uint32_t)');
const recvfrom = library.func(
  'int64_t recvfrom(int, _Out_ uint8_t *, size_t, int, _Out_ uint8_t *, _Inout_ uint32_t *)',
);
const AF_PACKET = 17;
const SOCK_DGRAM_NONBLOCK = SOCK_DGRAM_CLOEXEC | 0o4000;
const ETH_P_IP = 0x0800;
const LINK_ADDRESS_SIZE = 20;
const MOST_PACKET = 65_536;

/** An address of packet(7) for IPv4 on one link, of everybody there. */
function everybodyOn(index: number): Buffer {
  const address = Buffer.alloc(LINK_ADDRESS_SIZE);
  address.writeUInt16LE(AF_PACKET, 0);
  address.writeUInt16BE(ETH_P_IP, 2);
  address.writeInt32LE(index, 4);
  address.writeUInt8(6, 11);
  return address.fill(0xff, 12, 18);
}

/** IPv4 packets of one link as they are on the wire, below every firewall and port (packet(7)). Needs root. */
export class PacketSocket implements Disposable {
  readonly #fd: number;
  readonly #everybody: Buffer;

  /** @param index of the link */
  constructor(index: number) {
    this.#everybody = everybodyOn(index);
    // No protocol before it is bound: it would hear all links.
    this.#fd = openSocket(AF_PACKET, SOCK_DGRAM_NONBLOCK, 0);
    if (this.#fd < 0) throw failed('socket');
    if (bindSocket(this.#fd, this.#everybody, LINK_ADDRESS_SIZE) === 0) return;
    const error = failed('bind');
    close(this.#fd);
    throw error;
  }

  /** Sends a packet, its IP header first, to everybody on the link. */
  broadcast(packet: Uint8Array): void {
    const sent = sendto(this.#fd, packet, packet.length, 0, this.#everybody, LINK_ADDRESS_SIZE);
    if (sent < 0) throw failed('sendto');
  }

  /** The next packet that has come, with its sender's MAC address; undefined when there is none. */
  receive(): { packet: Buffer; mac: string } | undefined {
    const bytes = Buffer.alloc(MOST_PACKET);
    const from = Buffer.alloc(LINK_ADDRESS_SIZE);
    const length = Number(recvfrom(this.#fd, bytes, bytes.length, 0, from, [from.length]));
    if (length >= 0)
      return {
        packet: bytes.subarray(0, length),
        mac: from.toString('hex', 12, 18).replace(/..(?=.)/g, '$&:'),
      };
    const error = failed('recvfrom');
    if (error.code === 'EAGAIN' || error.code === 'EWOULDBLOCK') return undefined;
    throw error;
  }

  [Symbol.dispose](): void {
    close(this.#fd);
  }
}

const lgetxattr = library.func('int64_t lgetxattr(const char *, const char *, _Out_ uint8_t *, size_t)');
const fsetxattr = library.func('int fsetxattr(int, const char *, const uint8_t *, size_t, int)');
/** The kernel's own for one value, and for all names of a file. */
const ATTRIBUTE_LIMIT = 65_536;
const NONE = new Set(['ENOENT', 'ENODATA', 'ENOTSUP', 'EOPNOTSUPP']);

/** An extended attribute of a file, of a link its own (xattr(7)). Undefined where there is none, or no such file. */
export function readAttribute(path: string, name: string): Buffer | undefined {
  const value = Buffer.alloc(ATTRIBUTE_LIMIT);
  const length = Number(lgetxattr(path, name, value, value.length));
  if (length >= 0) return value.subarray(0, length);
  const error = failed('lgetxattr');
  if (NONE.has(error.code ?? '')) return undefined;
  throw error;
}

/** Sets an extended attribute of an open file. */
export function writeAttribute(fd: number, name: string, value: Uint8Array): void {
  if (fsetxattr(fd, name, value, value.length, 0) !== 0) throw failed('fsetxattr');
}

const llistxattr = library.func('int64_t llistxattr(const char *, _Out_ uint8_t *, size_t)');

/** Names of all extended attributes of a file, of a link its own, sorted. */
export function attributesOf(path: string): string[] {
  const names = Buffer.alloc(ATTRIBUTE_LIMIT);
  const length = Number(llistxattr(path, names, names.length));
  if (length < 0 && !NONE.has(failed('llistxattr').code ?? '')) throw failed('llistxattr');
  return names
    .toString('utf8', 0, Math.max(length, 0))
    .split('\0')
    .filter((name) => name !== '')
    .sort();
}
