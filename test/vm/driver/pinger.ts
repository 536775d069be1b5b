import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { FrameReader, framed } from './frames.ts';
import type { Port } from './switch.ts';
import { until } from './wait.ts';

const BROADCAST = Buffer.alloc(6, 0xff);
const ARP = 0x0806;
const IPV4 = 0x0800;
const ICMP = 1;
/** A try each, since a machine that is not up yet does not hear. */
const AGAIN_MS = 1_000;

/** Somebody on the wire who pings and can be pinged, without a machine of his own. */
export class Pinger {
  readonly #mac: Buffer;
  readonly #address: Buffer;
  readonly #socket: Socket;
  /** Who answered for which address. */
  readonly #neighbours = new Map<string, Buffer>();
  #asked = 0;
  #answered = 0;

  /** Plugs himself into a port, as a machine is; he goes with it. */
  static async plugged(port: Port, address: string): Promise<Pinger> {
    const socket = connect(await port.listen());
    await once(socket, 'connect');
    return new Pinger(socket, port.mac, address);
  }

  private constructor(socket: Socket, mac: string, address: string) {
    this.#socket = socket;
    this.#mac = Buffer.from(mac.replaceAll(':', ''), 'hex');
    this.#address = bytesOf(address);
    const frames = new FrameReader();
    socket.on('data', (chunk) => {
      for (const frame of frames.read(chunk)) this.#hear(frame);
    });
    socket.on('error', () => socket.destroy());
  }

  /** Waits until this address answers a ping of now. */
  async answeredBy(address: string, limitMs?: number): Promise<void> {
    const before = this.#asked;
    const probe = () => {
      if (this.#answered > before) return true;
      this.#ping(address);
      return undefined;
    };
    await until(`an answer to ping from ${address}`, probe, {
      everyMs: AGAIN_MS,
      ...(limitMs === undefined ? {} : { limitMs }),
    });
  }

  #ping(address: string): void {
    const to = this.#neighbours.get(address);
    if (to === undefined) this.#say(BROADCAST, ARP, this.#arp(1, Buffer.alloc(6), bytesOf(address)));
    else this.#say(to, IPV4, echo(++this.#asked, this.#address, bytesOf(address)));
  }

  #hear(frame: Buffer): void {
    const type = frame.readUInt16BE(12);
    const body = frame.subarray(14);
    if (type === ARP && body.subarray(24, 28).equals(this.#address)) this.#heardArp(body);
    else if (type === IPV4 && body[9] === ICMP && body.subarray(16, 20).equals(this.#address))
      this.#heardEcho(body.subarray(((body[0] ?? 0) & 15) * 4));
  }

  #heardArp(body: Buffer): void {
    const [mac, address] = [Buffer.from(body.subarray(8, 14)), body.subarray(14, 18)];
    this.#neighbours.set(address.join('.'), mac);
    if (body.readUInt16BE(6) === 1) this.#say(mac, ARP, this.#arp(2, mac, address));
  }

  #heardEcho(message: Buffer): void {
    if (message[0] === 0) this.#answered = Math.max(this.#answered, message.readUInt16BE(6));
  }

  /** @param operation 1: who has, 2: I have */
  #arp(operation: number, mac: Buffer, address: Buffer): Buffer {
    const head = Buffer.from('00010800060400', 'hex');
    return Buffer.concat([head, Buffer.of(operation), this.#mac, this.#address, mac, address]);
  }

  #say(to: Buffer, type: number, body: Buffer): void {
    const frame = Buffer.concat([to, this.#mac, Buffer.of(type >> 8, type & 255), body]);
    // The least that an Ethernet frame has.
    this.#socket.write(framed(Buffer.concat([frame, Buffer.alloc(Math.max(0, 60 - frame.length))])));
  }
}

/** An IPv4 packet that asks for an answer of this number. */
function echo(number: number, from: Buffer, to: Buffer): Buffer {
  const message = summed(Buffer.of(8, 0, 0, 0, 0, 1, number >> 8, number & 255), 2);
  const head = Buffer.of(0x45, 0, 0, 20 + message.length, 0, 0, 0, 0, 64, ICMP, 0, 0, ...from, ...to);
  return Buffer.concat([summed(head, 10), message]);
}

/** With the Internet checksum of all its 16-bit words, at `at`. */
function summed(bytes: Buffer, at: number): Buffer {
  let sum = 0;
  for (let word = 0; word < bytes.length; word += 2) sum += bytes.readUInt16BE(word);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  bytes.writeUInt16BE(~sum & 0xffff, at);
  return bytes;
}

const bytesOf = (address: string): Buffer => Buffer.from(address.split('.').map(Number));
