/** Ethernet frames on QEMU's stream sockets: each after its length in four bytes. */

export function framed(frame: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(frame.length);
  return Buffer.concat([head, frame]);
}

/** Takes what comes from one socket. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  /** @returns the frames that are whole by now */
  read(chunk: Buffer): Buffer[] {
    this.#rest = this.#rest.length ? Buffer.concat([this.#rest, chunk]) : chunk;
    const frames: Buffer[] = [];
    for (;;) {
      const length = this.#rest.length < 4 ? Number.POSITIVE_INFINITY : this.#rest.readUInt32BE(0);
      if (this.#rest.length < 4 + length) return frames;
      frames.push(this.#rest.subarray(4, 4 + length));
      this.#rest = this.#rest.subarray(4 + length);
    }
  }
}
