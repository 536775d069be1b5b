import type { Socket } from 'node:net';

export interface ConnectionLimits {
  /** Connections at once, of all and of one address. */
  most: number;
  mostOfOne: number;
}

interface Guest {
  party: string;
  /** Requests that are being answered. */
  asked: number;
}

/**
 * Who may have a connection: nobody can hold all places. Where there is none left, whoever has waited longest without
 * asking for anything goes; when all are being served, the newest one does.
 */
export class Connections {
  readonly #limits: ConnectionLimits;
  /** In the order of their coming, or of the end of their last request. */
  readonly #guests = new Map<Socket, Guest>();

  constructor(limits: ConnectionLimits) {
    this.#limits = limits;
  }

  /** A connection has come. It may be ended here, or another one. */
  enter(socket: Socket): void {
    const party = partyOf(socket.remoteAddress ?? '');
    this.#guests.set(socket, { party, asked: 0 });
    socket.once('close', () => this.#guests.delete(socket));
    const own = [...this.#guests].filter(([, guest]) => guest.party === party);
    if (own.length > this.#limits.mostOfOne) leave(own, socket);
    else if (this.#guests.size > this.#limits.most) leave([...this.#guests], socket);
  }

  asks(socket: Socket): void {
    const guest = this.#guests.get(socket);
    if (guest !== undefined) guest.asked += 1;
  }

  answered(socket: Socket): void {
    const guest = this.#guests.get(socket);
    if (guest === undefined) return;
    guest.asked -= 1;
    this.#guests.delete(socket);
    this.#guests.set(socket, guest);
  }
}

function leave(guests: readonly [Socket, Guest][], newest: Socket): void {
  const [idle = newest] = guests.find(([socket, { asked }]) => asked === 0 && socket !== newest) ?? [];
  idle.destroy();
}

/** An address; of IPv6 the network, since one machine has all addresses of it. */
export function partyOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  // Those of one link are all in one network.
  if (!plain.includes(':') || /^fe80:/i.test(plain)) return plain;
  const [head = [], tail = []] = plain.split('::').map((part) => part.split(':').filter(Boolean));
  const zeros = Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => '0');
  return [...head, ...zeros, ...tail].slice(0, 4).join(':');
}
