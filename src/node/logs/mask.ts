import { Transform } from 'node:stream';

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
/** No line without one of these holds a secret by name. Written so that the engine skips quickly over text without. */
const HINTS = [
  /[pP][aA][sS][sS]|[sS][eE][cC][rR][eE][tT]|[tT][oO][kK][eE][nN]|[kK][eE][yY]|[pP][sS][kK]/,
  /[oO][rR][iI][zZ][aA][tT]|[eE][nN][tT][iI][fF][iI][eE][dD]/,
];
const PIECE = 16 * 1024;

const hasHint = (text: string): boolean => text.includes('@') || HINTS.some((hint) => hint.test(text));

/** Takes secrets out of text: by the name before them, and those that are known by their value, however written. */
export class Mask {
  readonly #values: RegExp | undefined;

  /** @param secrets known ones, such as those in the configuration */
  constructor(secrets: readonly string[]) {
    const forms = new Set(secrets.filter(({ length }) => length >= SHORTEST).flatMap(formsOf));
    const longestFirst = [...forms].sort((one, other) => other.length - one.length).map(escaped);
    this.#values = longestFirst.length === 0 ? undefined : new RegExp(longestFirst.join('|'), 'g');
  }

  /** @param text bytes as latin1, so that any of them comes back as it was */
  apply(text: string): string {
    const byValue = this.#values === undefined ? text : text.replace(this.#values, MASK);
    return pieces(byValue).map(byName).join('');
  }

  /** For a stream: whole lines at a time; one that is longer than 1 MiB is taken in pieces that overlap by nothing. */
  stream(): Transform {
    let rest = '';
    const mask = this;
    return new Transform({
      readableHighWaterMark: LONGEST_LINE,
      writableHighWaterMark: LONGEST_LINE,
      transform(chunk: Buffer, _encoding, done) {
        const text = rest + chunk.toString('latin1');
        const end = text.length - rest.length > 0 ? text.lastIndexOf('\n') + 1 : 0;
        const cut = end === 0 && text.length > LONGEST_LINE ? text.length : end;
        rest = text.slice(cut);
        done(null, cut === 0 ? undefined : Buffer.from(mask.apply(text.slice(0, cut)), 'latin1'));
      },
      flush(done) {
        done(null, rest === '' ? undefined : Buffer.from(mask.apply(rest), 'latin1'));
      },
    });
  }
}

/** Cut behind a line's end, about 16 KiB each: most pieces hold nothing to be masked. */
function pieces(text: string): string[] {
  const found: string[] = [];
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start + PIECE) + 1 || text.length;
    found.push(text.slice(start, end));
    start = end;
  }
  return found;
}

const byName = (piece: string): string =>
  hasHint(piece)
    ? piece
        .replace(IN_SQL, `$1'${MASK}'`)
        .replace(IN_HEADER, `$1${MASK}`)
        .replace(NAMED, `$1${MASK}`)
        .replace(IN_ADDRESS, `$1${MASK}`)
    : piece;

const LONGEST_LINE = 1024 * 1024;

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
