import { basename, dirname } from 'node:path';
import { Fault } from '../api/fault.ts';
import { say } from '../api/words.ts';
import { whyOf } from './errno.ts';
import { readBytes, writeWhole } from './files.ts';
import { HeldFolder, openPlain } from './held-folder.ts';

const FILE_LIMIT = 1024 * 1024;
const MODE = 0o640;

/** One logical line of the file as it stands there, its end included; `key` is absent on comments and empty lines. */
interface Entry {
  text: string;
  key?: string;
  value?: string;
}

/**
 * A `key = value` file as java.util.Properties reads it. What is not changed keeps its bytes: comments, order, blanks,
 * line ends, letters of any encoding, and keys that stand there twice, of which the last one is in force.
 */
export class Properties {
  readonly #entries: readonly Entry[];

  private constructor(entries: readonly Entry[]) {
    this.#entries = entries;
  }

  /** @param raw the file, a character for each byte (`latin1`) */
  static parse(raw: string): Properties {
    return new Properties(logicalLines(raw).map(parseLine));
  }

  get(key: string): string | undefined {
    return this.#entries.findLast((entry) => entry.key === key)?.value;
  }

  /** Every setting in force, in the file's order. */
  entries(): [string, string][] {
    const inForce = new Map<string, string>();
    for (const { key, value } of this.#entries) if (key !== undefined) inForce.set(key, value ?? '');
    return [...inForce];
  }

  /** The same file with these settings; a key that is new comes last. */
  with(changes: Readonly<Record<string, string>>): Properties {
    const end = this.#entries[0] && endOf(this.#entries[0].text) === '\r\n' ? '\r\n' : '\n';
    let entries = this.#entries.map((entry) =>
      endOf(entry.text) ? entry : { ...entry, text: entry.text + end },
    );
    for (const [key, value] of Object.entries(changes)) {
      const index = entries.findLastIndex((entry) => entry.key === key);
      const entry = { text: `${escapeKey(key)} = ${escapeValue(value)}${end}`, key, value };
      entries = index < 0 ? [...entries, entry] : entries.with(index, entry);
    }
    return new Properties(entries);
  }

  /** The file, a character for each byte, as `parse` takes it. */
  toString(): string {
    return this.#entries.map(({ text }) => text).join('');
  }
}

/** Reads a properties file. Faults: `notFound`; `failed` when it cannot be read. */
export async function readProperties(path: string): Promise<Properties> {
  const bytes = await readBytes(path, FILE_LIMIT, openPlain).catch((thrown) => {
    const why = whyOf(thrown);
    throw new Fault('failed', say(`configuration: ${why.en}`, `配置文件：${why.zh}`), { cause: thrown });
  });
  if (bytes !== undefined) return Properties.parse(bytes.toString('latin1'));
  throw new Fault('notFound', say(`there is no ${path}`, `${path} 不存在`), {
    next: say('bring a kept copy back: zstack-ctl restore_config', '请恢复备份：zstack-ctl restore_config'),
  });
}

/** As `readProperties`; a file that is not there has no settings. */
export const readPropertiesOrNone = (path: string): Promise<Properties> =>
  readProperties(path).catch((thrown) => {
    if (thrown instanceof Fault && thrown.kind === 'notFound') return Properties.parse('');
    throw thrown;
  });

/**
 * Writes it as a whole, mode 0640; who owned the file before keeps it. A new one gets the owners of its folder: the
 * service, which has no privilege, must be able to read it.
 */
export async function writeProperties(path: string, properties: Properties): Promise<void> {
  const name = basename(path);
  await using folder = await HeldFolder.open(dirname(path));
  const target = await folder.ownLink(name);
  if (target !== undefined) return writeProperties(target, properties);
  const owner = (await folder.entry(name)) ?? folder.stats;
  await writeWhole(folder.at(name), Buffer.from(properties.toString(), 'latin1'), MODE, owner);
}

/** Lines joined where a backslash ends them; comments are never continued. */
function logicalLines(raw: string): string[] {
  const joined: string[] = [];
  let open = '';
  for (const line of raw.match(/[^\r\n]*(?:\r\n?|\n)|[^\r\n]+$/g) ?? []) {
    const goesOn = !(open === '' && isRemark(line)) && /(?<!\\)(\\\\)*\\$/.test(withoutEnd(line));
    if (!goesOn) joined.push(open + line);
    open = goesOn ? open + line : '';
  }
  return open === '' ? joined : [...joined, open];
}

const isRemark = (line: string): boolean => /^[ \t\f]*([#!]|$)/.test(withoutEnd(line));
const endOf = (line: string): string => /(?:\r\n?|\n)?$/.exec(line)?.[0] ?? '';
const withoutEnd = (line: string): string => line.slice(0, line.length - endOf(line).length);

function parseLine(text: string): Entry {
  if (isRemark(text)) return { text };
  const line = lettersOf(withoutEnd(text).replace(/\\(?:\r\n?|\n)[ \t\f]*/g, '')).trimStart();
  const [, key = '', value = ''] = /^((?:\\.|[^\\=: \t\f])*)[ \t\f]*[=:]?[ \t\f]*([\s\S]*)$/.exec(line) ?? [];
  return { text, key: unescaped(key), value: unescaped(value) };
}

/** Java takes the file for ISO 8859-1; what people typed into it is mostly UTF-8. */
function lettersOf(raw: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(raw, 'latin1'));
  } catch {
    return raw;
  }
}

const ESCAPES: Record<string, string> = { t: '\t', n: '\n', r: '\r', f: '\f' };

const unescaped = (text: string): string =>
  text.replace(/\\(?:u([0-9a-fA-F]{4})|([\s\S]))/g, (_, code: string | undefined, letter: string) =>
    code === undefined ? (ESCAPES[letter] ?? letter) : String.fromCharCode(Number.parseInt(code, 16)),
  );

/** Readers of the plain Java kind take the file for ISO 8859-1, so other letters are written as `\uXXXX`. */
const escapeValue = (value: string): string =>
  value
    .replace(/\\/g, '\\\\')
    .replace(/^ /, '\\ ')
    .replace(/\t/g, '\\t')
    .replace(/\n/g, '\\n')
    .replace(/\r/g, '\\r')
    .replace(/[^ -~]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);

const escapeKey = (key: string): string => escapeValue(key).replace(/[=:# !]/g, (letter) => `\\${letter}`);
