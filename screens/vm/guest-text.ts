const ESC = 0x1b;
const BEL = 0x07;
/** A string that does not end is let go of after so many bytes. */
const LONGEST = 4096;
/** `]P` and seven digits: a colour of the kernel's console, which has no end of its own. */
const COLOUR = 8;

const is = (chars: string, byte: number): boolean => chars.includes(String.fromCharCode(byte));

/**
 * What a guest says on its serial line as this terminal may be told it: text, colours and moves go through; strings that
 * set the terminal's title, palette, fonts or printer, ask it for more than its cursor, or reset it, do not. They may come in any pieces.
 */
export class GuestText {
  #state: 'text' | 'escape' | 'string' | 'end' = 'text';
  #left = 0;

  pass(bytes: Uint8Array): Buffer {
    const through: number[] = [];
    for (const byte of bytes) this.#next(byte, through);
    return Buffer.from(through);
  }

  #next(byte: number, through: number[]): void {
    if (this.#state === 'text') {
      if (byte === ESC) this.#state = 'escape';
      else through.push(byte);
    } else if (this.#state === 'escape') this.#begin(byte, through);
    else this.#skip(byte, through);
  }

  #begin(byte: number, through: number[]): void {
    this.#state = 'text';
    if (byte === ESC) this.#state = 'escape';
    else if (is(']PX^_', byte)) {
      this.#state = 'string';
      this.#left = LONGEST;
    } else if (byte !== 'c'.charCodeAt(0)) through.push(ESC, byte);
  }

  #skip(byte: number, through: number[]): void {
    const wasEscape = this.#state === 'end';
    if (this.#left === LONGEST && is('PR', byte)) this.#left = byte === 'P'.charCodeAt(0) ? COLOUR : 1;
    this.#left--;
    if (byte === ESC && !wasEscape) this.#state = 'end';
    else if (wasEscape && !is('\\', byte)) this.#begin(byte, through);
    else this.#state = byte === BEL || wasEscape || this.#left <= 0 ? 'text' : 'string';
  }
}
