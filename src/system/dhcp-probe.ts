import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { discoverPacket, offerIn } from './dhcp-message.ts';
import { PacketSocket } from './posix.ts';

/** Who answered: the address that it gives for itself, and the MAC address that the answer came from. */
export interface DhcpServer {
  address: string;
  mac: string;
}

/** Servers look for a second, some for three, whether an address is in use before they offer it. */
const ROUNDS = 3;
const ROUND_MILLISECONDS = 2_000;
const LOOK_MILLISECONDS = 20;
const MOST_XID = 2 ** 32;

/**
 * A DHCP server on a link: asks as a client does, and as one that starts over the network, and takes the first offer; no
 * address is taken. Undefined when nobody has offered anything after six seconds. Needs root.
 */
export async function dhcpServerOn(
  link: { index: number; mac: string },
  signal?: AbortSignal,
): Promise<DhcpServer | undefined> {
  using socket = new PacketSocket(link.index);
  const xid = randomInt(MOST_XID - 1);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const pxe of [false, true])
      socket.broadcast(discoverPacket({ xid: xid + Number(pxe), mac: link.mac, pxe }));
    const until = performance.now() + ROUND_MILLISECONDS;
    while (performance.now() < until) {
      const server = offered(socket, xid);
      if (server !== undefined) return server;
      await sleep(LOOK_MILLISECONDS, undefined, signal === undefined ? {} : { signal });
    }
  }
  return undefined;
}

/** The first offer among what has come. */
function offered(socket: PacketSocket, xid: number): DhcpServer | undefined {
  for (let got = socket.receive(); got !== undefined; got = socket.receive()) {
    const address = offerIn(got.packet, xid) ?? offerIn(got.packet, xid + 1);
    if (address !== undefined) return { address, mac: got.mac };
  }
  return undefined;
}
