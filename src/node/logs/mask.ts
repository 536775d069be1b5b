import { Scan } from './scan.ts';

/** A secret shorter than this is not looked for by value: too much that is none would look like it. */
const SHORTEST = 4;
const MASK = '***';

/** Names of settings whose values are secrets, with what stands between name and value. */
const NAMED =
  /((?:password|passwd|passphrase|secret|token|api[_-]?key|private[_-]?key|access[_-]?key|psk)[\w.-]*["']?\s*(?:[=:]|\bis\b)\s*)(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[^\s"',;&}\])][^\s,;&}\])]*)/gi;
/** `scheme://user:password@host` and HTTP's own header. */
const IN_ADDRESS = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]+:)[^\s/@]+(?=@)/gi;
const IN_HEADER = /(\bauthorization["']?\s*[:=]\s*["']?\w+\s+)[\w.~+/=-]+/gi;
/** `SET PASSWORD = '…'`, `IDENTIFIED BY '…'`. */
const IN_SQL =
  /((?:identified\s+(?:by|via\s+\w+\s+using)|password\s*\()\s*(?:password\s+)?)'(?:[^'\\\n]|\\.)*'/gi;
/** No line without one of these holds a secret by name. */
const HINTS = ['pass', 'secret', 'token', 'key', 'psk', 'authoriz', 'identified', '://'];
/** What may stand on the line after such an end is still its value. */
const GOES_ON = /(?:[=:(]|\b(?:is|by|using|password))$/i;
const codes = (letters: string): ReadonlySet<number> => new Set(Buffer.from(letters));
const AROUND = codes(' \t\r\n"\'');
/** Last letters of what `GOES_ON` finds. */
const LAST = codes('=:(sygdSYGD');
const NEWLINE = 10;

/** Takes secrets out of text: by the name before them, and those that are known by their value, however written. */
export class Mask {
  readonly #values: RegExp | undefined;
  readonly #scan: Scan;

  /** @param secrets known ones, such as those in the configuration */
  constructor(secrets: readonly string[]) {
    const forms = new Set(secrets.filter(({ length }) => length >= SHORTEST).flatMap(formsOf));
    const longestFirst = [...forms].sort((one, other) => other.length - one.length);
    this.#values =
      longestFirst.length === 0 ? undefined : new RegExp(longestFirst.map(escaped).join('|'), 'g');
    this.#scan = new Scan([
      ...HINTS.map((text) => ({ bytes: Buffer.from(text), folded: true })),
      ...longestFirst.map((text) => ({ bytes: Buffer.from(text, 'latin1'), folded: false })),
    ]);
  }

  /** Masks whole lines. What holds no secret is answered as it is, as parts of `bytes` itself. */
  lines(bytes: Buffer): Buffer[] {
    const parts: Buffer[] = [];
    let kept = 0;
    for (let at = this.#scan.find(bytes, 0); at >= 0; at = this.#scan.find(bytes, kept)) {
      const start = bytes.lastIndexOf(NEWLINE, at) + 1;
      const end = endOfSaying(bytes, at);
      if (start > kept) parts.push(bytes.subarray(kept, start));
      parts.push(this.#masked(bytes.subarray(start, end)));
      kept = end;
    }
    if (kept < bytes.length) parts.push(bytes.subarray(kept));
    return parts;
  }

  /** @param text bytes as latin1, so that any of them comes back as it was */
  apply(text: string): string {
    return Buffer.concat(this.lines(Buffer.from(text, 'latin1'))).toString('latin1');
  }

  #masked(line: Buffer): Buffer {
    const before = line.toString('latin1');
    const byValue = this.#values === undefined ? before : before.replace(this.#values, MASK);
    const after = byName(byValue);
    return after === before ? line : Buffer.from(after, 'latin1');
  }
}

/** Behind the line in which `at` lies, and behind the next one when the value stands there. */
function endOfSaying(bytes: Buffer, at: number): number {
  const end = endOfLine(bytes, at);
  return goesOn(bytes, at, end) ? endOfLine(bytes, end) : end;
}

const endOfLine = (bytes: Buffer, at: number): number => bytes.indexOf(NEWLINE, at) + 1 || bytes.length;

/** By the last byte that is neither blank nor quote: most lines need no closer look. */
function goesOn(bytes: Buffer, at: number, end: number): boolean {
  let last = end - 1;
  while (last > at && AROUND.has(bytes[last] ?? 0)) last -= 1;
  if (!LAST.has(bytes[last] ?? 0)) return false;
  return GOES_ON.test(bytes.toString('latin1', Math.max(at, last - LONGEST_END), last + 1));
}

function byName(text: string): string {
  const named = text
    .replace(IN_SQL, `$1'${MASK}'`)
    .replace(IN_HEADER, `$1${MASK}`)
    .replace(NAMED, `$1${MASK}`);
  return named.includes('://') ? named.replace(IN_ADDRESS, `$1${MASK}`) : named;
}

const LONGEST_END = 10;

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');

/** How a secret is written in configurations, JSON, addresses, shells and headers, as latin1 of its bytes. */
function formsOf(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const ascii = json.replace(
    /[^ -~]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const forms = [
    secret,
    json,
    ascii,
    ascii.replaceAll('\\"', '"'),
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64'),
    secret.replaceAll("'", "'\\''"),
    secret.replaceAll("'", "''"),
    secret.replaceAll("'", "\\'"),
    xml(secret),
  ];
  return forms.map((form) => Buffer.from(form).toString('latin1'));
}

const xml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
