import { StringDecoder } from 'node:string_decoder';
import { charKey, csiKey, escapedKey, type Key, ss3Key } from './keys.ts';

const ESC = '\x1b';
const PASTE_START = '\x1b[200~';
const PASTE_END = '\x1b[201~';
/** Of one paste so much is kept; no field takes more. */
const PASTE_LIMIT = 64 * 1024;
const SEQUENCE_LIMIT = 64;
/** A paste whose end never comes is over when nothing arrives for so long. */
const PASTE_SILENCE_MS = 1000;

/** Whole sequences: CSI (with the kernel's `[[A`), SS3, strings that the terminal answers with, ESC and a character. */
const CSI = /\x1b\[(\[[A-E]|[0-?]*[ -/]*[@-Z\\-~])/y;
const SS3 = /\x1bO([!-~])/y;
const STRING = /\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)/y;
const ESCAPED = /\x1b([^\x1b[O\]PX^_])/suy;
/** A sequence that may still go on. */
const UNFINISHED = /\x1b(?:\[\[?|\[[0-?]*[ -/]*|O|[\]PX^_][^\x07\x1b]*\x1b?)?$/y;

/** Turns the bytes of a terminal into keys; sequences and characters may come in any pieces. */
export class KeyReader {
  readonly #decoder = new StringDecoder('utf8');
  readonly #emit: (key: Key) => void;
  readonly #escapeMs: number;
  #text = '';
  #at = 0;
  #pasted: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param emit called for every key, in order
   * @param escapeMs how long an ESC may stand alone before it is the Esc key
   */
  constructor(emit: (key: Key) => void, escapeMs = 60) {
    this.#emit = emit;
    this.#escapeMs = escapeMs;
  }

  feed(bytes: Buffer): void {
    this.#text = this.#text.slice(this.#at) + this.#decoder.write(bytes);
    this.#at = 0;
    this.#readAll();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #readAll(): void {
    while (this.#at < this.#text.length && this.#readOne());
    clearTimeout(this.#timer);
    if (this.#at >= this.#text.length && this.#pasted === undefined) return;
    const patience = this.#pasted === undefined ? this.#escapeMs : PASTE_SILENCE_MS;
    this.#timer = setTimeout(() => this.#giveUp(), patience);
  }

  /** Nothing more came: what is there is no sequence. */
  #giveUp(): void {
    if (this.#pasted !== undefined) {
      this.#pasted += this.#text.slice(this.#at);
      this.#at = this.#text.length;
      this.#endPaste();
    } else if (this.#at === this.#text.length - 1) this.#take({ name: 'escape' }, 1);
    else this.#at = this.#text.length;
    this.#readAll();
  }

  /** False when more input is needed. */
  #readOne(): boolean {
    if (this.#pasted !== undefined) return this.#readPaste(this.#pasted);
    if (this.#text[this.#at] === ESC) return this.#readEscape();
    const char = String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0);
    // A line end of both characters, as pasted where pastes are not marked, is one key.
    const both = char === '\r' && this.#text[this.#at + 1] === '\n';
    return this.#take(charKey(char), both ? 2 : char.length);
  }

  #take(key: Key | undefined, length: number): true {
    this.#at += length;
    if (key !== undefined) this.#emit(key);
    return true;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text);
  }

  #readEscape(): boolean {
    if (this.#text.startsWith(PASTE_START, this.#at)) {
      this.#pasted = '';
      return this.#take(undefined, PASTE_START.length);
    }
    const csi = this.#match(CSI);
    if (csi) return this.#take(csiKey(csi[1] ?? ''), csi[0].length);
    const ss3 = this.#match(SS3);
    if (ss3) return this.#take(ss3Key(ss3[1] ?? ''), ss3[0].length);
    const escaped = this.#match(ESCAPED);
    if (escaped) return this.#take(escapedKey(escaped[1] ?? ''), escaped[0].length);
    const answer = this.#match(STRING);
    if (answer) return this.#take(undefined, answer[0].length);
    if (this.#text[this.#at + 1] === ESC) return this.#take({ name: 'escape' }, 1);
    const unfinished = this.#text.length - this.#at < SEQUENCE_LIMIT && this.#match(UNFINISHED);
    return unfinished ? false : this.#take(undefined, 2);
  }

  #readPaste(before: string): boolean {
    const end = this.#text.indexOf(PASTE_END, this.#at);
    // The end mark itself may be cut: as much as it is long stays for the next time.
    const until = end < 0 ? Math.max(this.#at, this.#text.length - PASTE_END.length + 1) : end;
    this.#pasted = (before + this.#text.slice(this.#at, until)).slice(0, PASTE_LIMIT);
    this.#at = until;
    if (end < 0) return false;
    this.#endPaste();
    return this.#take(undefined, PASTE_END.length);
  }

  #endPaste(): void {
    const text = this.#pasted ?? '';
    this.#pasted = undefined;
    this.#emit({ name: 'paste', text });
  }
}
