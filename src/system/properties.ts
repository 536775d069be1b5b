import { stat } from 'node:fs/promises';
import { Fault } from '../api/fault.ts';
import { say } from '../api/words.ts';
import { whyOf } from './errno.ts';
import { readText, writeWhole } from './files.ts';

const FILE_LIMIT = 1024 * 1024;
const MODE = 0o640;

/** One logical line of the file as it stands there; `key` is absent on comments and empty lines. */
interface Entry {
  text: string;
  key?: string;
  value?: string;
}

/**
 * A `key = value` file as java.util.Properties reads it. What is not changed keeps its bytes: comments, order, blanks
 * and keys that stand there twice, of which the last one is in force.
 */
export class Properties {
  readonly #entries: readonly Entry[];

  private constructor(entries: readonly Entry[]) {
    this.#entries = entries;
  }

  static parse(text: string): Properties {
    return new Properties(logicalLines(text).map(parseLine));
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
    let entries = [...this.#entries];
    for (const [key, value] of Object.entries(changes)) {
      const index = entries.findLastIndex((entry) => entry.key === key);
      const entry = { text: `${escapeKey(key)} = ${escapeValue(value)}`, key, value };
      entries = index < 0 ? [...entries, entry] : entries.with(index, entry);
    }
    return new Properties(entries);
  }

  toString(): string {
    return this.#entries.map(({ text }) => `${text}\n`).join('');
  }
}

/** Reads a properties file. Faults: `notFound`; `failed` when it cannot be read. */
export async function readProperties(path: string): Promise<Properties> {
  const text = await readText(path, FILE_LIMIT).catch((thrown) => {
    const why = whyOf(thrown);
    throw new Fault('failed', say(`configuration: ${why.en}`, `配置文件：${why.zh}`), { cause: thrown });
  });
  if (text !== undefined) return Properties.parse(text);
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

/** Writes it as a whole, mode 0640; the owner of the file before, if there was one, keeps it. */
export async function writeProperties(path: string, properties: Properties): Promise<void> {
  const before = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  await writeWhole(path, properties.toString(), MODE, before);
}

/** Lines joined where a backslash ends them; comments are never continued. */
function logicalLines(text: string): string[] {
  const lines = text.replace(/\r\n?/g, '\n').replace(/\n$/, '').split('\n');
  const joined: string[] = [];
  let open: string | undefined;
  for (const line of lines) {
    const whole: string = open === undefined ? line : `${open}\n${line}`;
    const goesOn = !(open === undefined && isRemark(line)) && /(?<!\\)(\\\\)*\\$/.test(line);
    if (!goesOn) joined.push(whole);
    open = goesOn ? whole : undefined;
  }
  if (open !== undefined) joined.push(open);
  return text === '' ? [] : joined;
}

const isRemark = (line: string): boolean => /^[ \t\f]*([#!]|$)/.test(line);

function parseLine(text: string): Entry {
  if (isRemark(text)) return { text };
  const line = text.replace(/\\\n[ \t\f]*/g, '').trimStart();
  const [, key = '', value = ''] = /^((?:\\.|[^\\=: \t\f])*)[ \t\f]*[=:]?[ \t\f]*([\s\S]*)$/.exec(line) ?? [];
  return { text, key: unescaped(key), value: unescaped(value) };
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
