import { CLUSTER } from './action.ts';
import { Fault, type FaultRecord } from './fault.ts';
import type { Role } from './role.ts';
import { Secret } from './secret-text.ts';
import { same, say, type Words } from './words.ts';

/**
 * The talk on the unix socket: one JSON object a line. Both sides begin with a hello. Then requests go one way and
 * answers the other: any number of `item` and `progress`, then one `ok` or `fault`. A fault without id is about the
 * connection, which ends after it.
 */
export interface ClientHello {
  /** `console` or `script`. */
  program: string;
  /** The terminal the client believes to be on: to be shown only, the kernel's word is what counts. */
  line: string;
  version: string;
}

export interface ServerHello {
  version: string;
  role: Role;
}

export type Request = { id: number; action: string; input: unknown } | { id: number; cancel: true };

export interface Progress {
  words: Words;
  /** 0-1; absent when it cannot be told. */
  fraction?: number;
}

export type Answer =
  | { id: number; item: unknown }
  | { id: number; progress: Progress }
  | { id: number; ok: unknown }
  | { id: number; fault: FaultRecord };

/** Longest line in bytes, its line break left out. */
export const MAX_ANSWER = 1024 * 1024;
export const MAX_REQUEST = 64 * 1024;

/** One message as a line. Secrets in it read `***`. */
export const encode = (message: object): string => `${JSON.stringify(message)}\n`;

/** A request as a line: the one place where a secret leaves its wrapper. */
export function encodeRequest(request: Request): string {
  return `${JSON.stringify(request, revealing)}\n`;
}

// toJSON has been called on `value` already; the object that holds it still has the secret itself.
function revealing(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const original = this[key];
  return original instanceof Secret ? original.reveal() : value;
}

export const malformed = (why: string, zh: string): Fault =>
  new Fault('usage', say(`malformed message: ${why}`, `消息格式错误：${zh}`));

/** Cuts a stream of bytes into lines, holding at most `limit` bytes. */
export class LineReader {
  readonly #limit: number;
  #held: Buffer[] = [];
  #size = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether a line has begun and not ended. */
  get partial(): boolean {
    return this.#size > 0;
  }

  /** The whole lines that end in this chunk. Throws the Fault of a line that is too long or not UTF-8. */
  push(chunk: Buffer): string[] {
    const lines: string[] = [];
    let from = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      this.#hold(chunk.subarray(from, at));
      lines.push(this.#take());
      from = at + 1;
    }
    if (from < chunk.length) this.#hold(chunk.subarray(from));
    return lines;
  }

  #hold(part: Buffer): void {
    this.#size += part.length;
    if (this.#size > this.#limit) {
      throw malformed(`a line is longer than ${this.#limit} bytes`, `单行超过 ${this.#limit} 字节`);
    }
    this.#held.push(part);
  }

  #take(): string {
    const bytes = this.#held.length === 1 ? this.#held[0] : Buffer.concat(this.#held);
    this.#held = [];
    this.#size = 0;
    try {
      return decoder.decode(bytes);
    } catch {
      throw malformed('not UTF-8', '不是 UTF-8');
    }
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A line as an object. Throws a Fault when it is not a JSON object. */
export function parseLine(line: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw malformed('not JSON', '不是 JSON');
  }
  if (!isObject(value)) throw malformed('not a JSON object', '不是 JSON 对象');
  return value;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isShortText = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= 64 && /^[\x20-\x7e]+$/.test(value);

export function parseClientHello(line: string): ClientHello {
  const { hello } = parseLine(line);
  if (!isObject(hello)) throw malformed('the first line must be a hello', '首行必须是 hello');
  const { program, line: terminal, version } = hello;
  if (!isShortText(program) || !isShortText(terminal) || !isShortText(version)) {
    throw malformed('hello needs program, line and version', 'hello 需要 program、line 和 version');
  }
  // Orders of the cluster come by the controller's own link, which is asked for no password.
  if (program === CLUSTER) throw malformed('a hello may not be the cluster’s', 'hello 不可自称集群');
  return { program, line: terminal, version };
}

export function parseRequest(line: string): Request {
  const { id, action, input, cancel } = parseLine(line);
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 1) {
    throw malformed('id must be a positive whole number', 'id 必须是正整数');
  }
  if (cancel === true) return { id, cancel };
  if (!isShortText(action)) throw malformed('action must be a name', 'action 必须是名称');
  return { id, action, input };
}

/** A fault as it came over the socket; what is not one becomes an internal one. */
export function faultOf(value: unknown): Fault {
  if (isObject(value) && typeof value.kind === 'string' && isObject(value.words)) {
    return Fault.fromRecord(value as unknown as FaultRecord);
  }
  return new Fault('internal', same('the answer is neither a result nor a fault'));
}
