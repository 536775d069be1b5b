/** DHCP messages on the wire: RFC 2131, 2132, and 4578 for what starts over the network. */

const BOOTREQUEST = 1;
const BOOTREPLY = 2;
const ETHERNET = 1;
const BROADCAST_FLAG = 0x8000;
const COOKIE = 0x63825363;
const OPTIONS_AT = 240;
/** Of BOOTP: some servers drop what is shorter. */
const LEAST = 300;
const DISCOVER = 1;
const OFFER = 2;
const OPTION = {
  pad: 0,
  type: 53,
  server: 54,
  wanted: 55,
  vendor: 60,
  arch: 93,
  interface: 94,
  end: 255,
} as const;

const SERVER_PORT = 67;
const CLIENT_PORT = 68;
const IP_HEADER = 20;
const UDP_HEADER = 8;
const UDP = 17;

export interface Discover {
  xid: number;
  /** `52:54:00:00:00:01` */
  mac: string;
  /** As a machine asks that starts over the network, which servers answer too that give no addresses. */
  pxe: boolean;
}

/** A DISCOVER as an IPv4 packet to everybody, from a client that has no address yet. */
export function discoverPacket({ xid, mac, pxe }: Discover): Buffer {
  const options = [
    ...option(OPTION.type, [DISCOVER]),
    ...option(OPTION.wanted, [1, 3, 6, OPTION.server]),
    ...(pxe
      ? [
          ...option(OPTION.vendor, Buffer.from('PXEClient:Arch:00007:UNDI:003016')),
          ...option(OPTION.arch, [0, 7]),
          ...option(OPTION.interface, [1, 3, 16]),
        ]
      : []),
    OPTION.end,
  ];
  const message = Buffer.alloc(Math.max(LEAST, OPTIONS_AT + options.length));
  message.set([BOOTREQUEST, ETHERNET, 6, 0], 0);
  message.writeUInt32BE(xid, 4);
  message.writeUInt16BE(BROADCAST_FLAG, 10);
  message.set(Buffer.from(mac.replaceAll(':', ''), 'hex'), 28);
  message.writeUInt32BE(COOKIE, 236);
  message.set(options, OPTIONS_AT);
  return inPacket(message);
}

const option = (code: number, value: ArrayLike<number>): number[] => [
  code,
  value.length,
  ...Array.from(value),
];

function inPacket(message: Buffer): Buffer {
  const packet = Buffer.alloc(IP_HEADER + UDP_HEADER + message.length);
  packet.set([0x45, 0], 0);
  packet.writeUInt16BE(packet.length, 2);
  packet.set([64, UDP], 8);
  packet.fill(0xff, 16, 20);
  packet.writeUInt16BE(checksum(packet.subarray(0, IP_HEADER)), 10);
  packet.writeUInt16BE(CLIENT_PORT, IP_HEADER);
  packet.writeUInt16BE(SERVER_PORT, IP_HEADER + 2);
  // A UDP checksum of 0: none was made (RFC 768).
  packet.writeUInt16BE(UDP_HEADER + message.length, IP_HEADER + 4);
  packet.set(message, IP_HEADER + UDP_HEADER);
  return packet;
}

function checksum(header: Buffer): number {
  let sum = 0;
  for (let at = 0; at < header.length; at += 2) sum += header.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** The address of the server whose OFFER a packet is, an answer to that DISCOVER; undefined when it is something else. */
export function offerIn(packet: Buffer, xid: number): string | undefined {
  const header = ((packet[0] ?? 0) & 0x0f) * 4;
  const message = packet.subarray(header + UDP_HEADER);
  if (packet[9] !== UDP || message.length < OPTIONS_AT || packet.readUInt16BE(header + 2) !== CLIENT_PORT)
    return undefined;
  if (message[0] !== BOOTREPLY || message.readUInt32BE(4) !== xid || message.readUInt32BE(236) !== COOKIE)
    return undefined;
  const options = optionsIn(message);
  if (options.get(OPTION.type)?.[0] !== OFFER) return undefined;
  const server = options.get(OPTION.server);
  return [...(server?.length === 4 ? server : packet.subarray(12, 16))].join('.');
}

function optionsIn(message: Buffer): Map<number, Buffer> {
  const found = new Map<number, Buffer>();
  for (let at = OPTIONS_AT; at < message.length && message[at] !== OPTION.end; ) {
    const code = message[at] ?? OPTION.pad;
    const length = code === OPTION.pad ? -1 : (message[at + 1] ?? 0);
    if (length >= 0) found.set(code, message.subarray(at + 2, at + 2 + length));
    at += length + 2;
  }
  return found;
}
