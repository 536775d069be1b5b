/** External Data Representation (RFC 4506), as far as libvirt's messages use it. Everything is in units of four bytes. */

const padded = (length: number): number => (length + 3) & ~3;

/** Builds the arguments of a call. */
export class XdrWriter {
  readonly #parts: Buffer[] = [];

  uint(value: number): this {
    const part = Buffer.alloc(4);
    part.writeUInt32BE(value);
    this.#parts.push(part);
    return this;
  }

  string(text: string): this {
    const bytes = Buffer.from(text, 'utf8');
    this.uint(bytes.length);
    this.#parts.push(bytes, Buffer.alloc(padded(bytes.length) - bytes.length));
    return this;
  }

  /** A value that may be absent: a flag, then the value when it is there. */
  optional(write?: (writer: this) => void): this {
    this.uint(write === undefined ? 0 : 1);
    write?.(this);
    return this;
  }

  end(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

/** Takes an answer apart. Reading past its end throws a RangeError. */
export class XdrReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  int(): number {
    const value = this.#bytes.readInt32BE(this.#at);
    this.#at += 4;
    return value;
  }

  uint(): number {
    return this.int() >>> 0;
  }

  hyper(): bigint {
    const value = this.#bytes.readBigInt64BE(this.#at);
    this.#at += 8;
    return value;
  }

  unsignedHyper(): bigint {
    return BigInt.asUintN(64, this.hyper());
  }

  double(): number {
    const value = this.#bytes.readDoubleBE(this.#at);
    this.#at += 8;
    return value;
  }

  /** Bytes of a fixed length. */
  opaque(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError('the message ends early');
    const bytes = this.#bytes.subarray(this.#at, end);
    this.#at += padded(length);
    return bytes;
  }

  string(): string {
    return this.opaque(this.uint()).toString('utf8');
  }

  optional<T>(read: (reader: this) => T): T | undefined {
    return this.uint() === 0 ? undefined : read(this);
  }

  list<T>(read: (reader: this) => T): T[] {
    const count = this.uint();
    // Every element takes four bytes at least: a count beyond that is no message of libvirt's.
    if (count * 4 > this.#bytes.length - this.#at) throw new RangeError('the message ends early');
    return Array.from({ length: count }, () => read(this));
  }
}
