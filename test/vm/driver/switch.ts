import { rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { FrameReader, framed } from './frames.ts';
import { newRunDir } from './run-dir.ts';

/** Which VLANs a port carries: `access` puts untagged frames into one, `trunk` keeps tags (all when empty). */
export type PortVlans = { access: number } | { trunk: number[] };

type Receive = (port: Port, frame: Buffer) => void;

const QUEUE_LIMIT = 1 << 20;
let ports = 0;

/** The other end of a NIC's cable: QEMU connects to its unix socket and sends frames, each with its length. */
export class Port {
  readonly mac: string;
  readonly vlans: PortVlans;
  /** Frames that came from the machine, and that went to it. */
  readonly seen = { in: 0, out: 0 };
  readonly #receive: Receive;
  #dir: string | undefined;
  #server: Server | undefined;
  #socket: Socket | undefined;
  #frames = new FrameReader();
  #up = true;

  constructor(receive: Receive, vlans: PortVlans = { trunk: [] }) {
    const number = ++ports;
    this.#receive = receive;
    this.vlans = vlans;
    this.mac = `52:54:00:01:${hex(number >> 8)}:${hex(number)}`;
  }

  /** Listens when it does not yet. @returns the path to connect to */
  async listen(): Promise<string> {
    this.#dir ??= await newRunDir();
    const path = join(this.#dir, 'port');
    if (this.#server) return path;
    const server = createServer((socket) => this.#accept(socket));
    await new Promise<void>((resolve) => server.listen(path, resolve));
    this.#server = server;
    return path;
  }

  /** A port that is down takes and gives nothing. */
  link(up: boolean): void {
    this.#up = up;
  }

  send(frame: Buffer): void {
    if (!this.#up || !this.#socket || this.#socket.writableLength > QUEUE_LIMIT) return;
    this.#socket.write(framed(frame));
    this.seen.out++;
  }

  async close(): Promise<void> {
    this.#socket?.destroy();
    this.#server?.close();
    if (this.#dir) await rm(this.#dir, { recursive: true });
  }

  #accept(socket: Socket): void {
    this.#socket = socket;
    this.#frames = new FrameReader();
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      if (this.#socket === socket) this.#socket = undefined;
    });
  }

  #read(chunk: Buffer): void {
    for (const frame of this.#frames.read(chunk)) {
      if (!this.#up) continue;
      this.seen.in++;
      this.#receive(this, frame);
    }
  }
}

/** A cable between two NICs: everything passes, link-local frames such as LACP and LLDP too. */
export class Cable {
  readonly ends: [Port, Port];

  constructor() {
    const across: Receive = (port, frame) => this.ends[port === this.ends[0] ? 1 : 0].send(frame);
    this.ends = [new Port(across), new Port(across)];
  }

  async close(): Promise<void> {
    for (const end of this.ends) await end.close();
  }
}

/** A learning, VLAN-aware switch. Link-local frames are not forwarded, as on a real one. */
export class Switch {
  readonly ports: Port[] = [];
  readonly #learned = new Map<string, Port>();

  port(vlans?: PortVlans): Port {
    const port = new Port((from, frame) => this.#forward(from, frame), vlans);
    this.ports.push(port);
    return port;
  }

  async close(): Promise<void> {
    for (const port of this.ports) await port.close();
  }

  #forward(from: Port, frame: Buffer): void {
    if (frame.length < 14 || frame.toString('hex', 0, 5) === '0180c20000') return;
    const inside = enter(from, frame);
    if (!inside) return;
    const vlan = tagOf(inside);
    this.#learned.set(`${vlan} ${frame.toString('hex', 6, 12)}`, from);
    const known = isGroup(frame) ? undefined : this.#learned.get(`${vlan} ${frame.toString('hex', 0, 6)}`);
    for (const to of known ? [known] : this.ports) {
      const outside = to === from ? undefined : leave(to, inside, vlan);
      if (outside) to.send(outside);
    }
  }
}

/** The frame as it travels inside the switch (tagged, unless it belongs to no VLAN), or undefined: not allowed in. */
function enter(port: Port, frame: Buffer): Buffer | undefined {
  const vlan = tagOf(frame);
  if ('access' in port.vlans) return vlan ? undefined : tagged(frame, port.vlans.access);
  return carries(port, vlan) ? frame : undefined;
}

function leave(port: Port, frame: Buffer, vlan: number): Buffer | undefined {
  if ('access' in port.vlans) return vlan === port.vlans.access ? untagged(frame) : undefined;
  return carries(port, vlan) ? frame : undefined;
}

function carries(port: Port, vlan: number): boolean {
  return 'trunk' in port.vlans && (!vlan || !port.vlans.trunk.length || port.vlans.trunk.includes(vlan));
}

function tagOf(frame: Buffer): number {
  return frame.readUInt16BE(12) === 0x8100 ? frame.readUInt16BE(14) & 0xfff : 0;
}

function tagged(frame: Buffer, vlan: number): Buffer {
  const tag = Buffer.from([0x81, 0x00, vlan >> 8, vlan & 0xff]);
  return Buffer.concat([frame.subarray(0, 12), tag, frame.subarray(12)]);
}

function untagged(frame: Buffer): Buffer {
  return Buffer.concat([frame.subarray(0, 12), frame.subarray(16)]);
}

function isGroup(frame: Buffer): boolean {
  return ((frame[0] ?? 0) & 1) === 1;
}

function hex(number: number): string {
  return (number & 0xff).toString(16).padStart(2, '0');
}
