/** External Data Representation (RFC 4506), as far as libvirt's messages use it. Everything is in units of four bytes. */

const padded = (length: number): number => (length + 3) & ~3;

/** Builds the arguments of a call. Numbers that do not fit throw a RangeError. */
export class XdrWriter {
  readonly #parts: Buffer[] = [];

  int(value: number): this {
    return this.#number(4, (part) => part.writeInt32BE(value));
  }

  uint(value: number): this {
    return this.#number(4, (part) => part.writeUInt32BE(value));
  }

  hyper(value: bigint): this {
    return this.#number(8, (part) => part.writeBigInt64BE(value));
  }

  unsignedHyper(value: bigint): this {
    return this.#number(8, (part) => part.writeBigUInt64BE(value));
  }

  double(value: number): this {
    return this.#number(8, (part) => part.writeDoubleBE(value));
  }

  /** Bytes of a fixed length. */
  opaque(bytes: Buffer): this {
    this.#parts.push(bytes, Buffer.alloc(padded(bytes.length) - bytes.length));
    return this;
  }

  string(text: string): this {
    const bytes = Buffer.from(text, 'utf8');
    return this.uint(bytes.length).opaque(bytes);
  }

  /** A value that may be absent: a flag, then the value when it is there. */
  optional(write?: (writer: this) => void): this {
    this.uint(write === undefined ? 0 : 1);
    write?.(this);
    return this;
  }

  #number(size: number, write: (part: Buffer) => void): this {
    const part = Buffer.alloc(size);
    write(part);
    this.#parts.push(part);
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

  /** @param most bytes */
  string(most = Number.POSITIVE_INFINITY): string {
    const length = this.uint();
    if (length > most) throw new RangeError('a text longer than any of its kind');
    return this.opaque(length).toString('utf8');
  }

  optional<T>(read: (reader: this) => T): T | undefined {
    return this.uint() === 0 ? undefined : read(this);
  }

  list<T>(read: (reader: this) => T, most = Number.POSITIVE_INFINITY): T[] {
    const count = this.uint();
    // Every element takes four bytes at least: a count beyond that is no message of libvirt's.
    if (count > most || count * 4 > this.#bytes.length - this.#at)
      throw new RangeError('the message ends early');
    return Array.from({ length: count }, () => read(this));
  }
}
