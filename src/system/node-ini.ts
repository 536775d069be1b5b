import { join } from 'node:path';
import { parse } from 'ini';
import { ensureFolder, readText, writeWhole } from './files.ts';
import { inTurn } from './serial.ts';

const LIMIT = 64 * 1024;
const MODE = 0o644;

const nodeIniIn = (config: string): string => join(config, 'node.ini');

/** What stands in node.ini. */
export interface NodeIni {
  values: ReadonlyMap<string, string>;
  /** Heads of sections. The file has none: what stands below one is read, and written, all the same. */
  heads: readonly string[];
  /** Lines that are neither a setting, a remark nor a head. */
  strays: readonly string[];
}

/** Without a file there are no settings. Throws when it is there and cannot be read. */
export async function readNodeIni(config: string): Promise<NodeIni> {
  const lines = (await textIn(config)).split(/\r?\n/).filter((line) => /^\s*[^\s;#]/.test(line));
  const isHead = (line: string) => line.trimStart().startsWith('[');
  const [settings, rest] = parted(lines, (line) => !isHead(line) && line.includes('='));
  const [heads, strays] = parted(rest, isHead);
  const found = Object.entries(parse(settings.join('\n'), { bracketedArray: false }));
  return {
    // What stands there twice holds as it stands there last.
    values: new Map(found.map(([key, value]) => [key, String(Array.isArray(value) ? value.at(-1) : value)])),
    heads,
    strays,
  };
}

function parted<T>(all: readonly T[], isFirst: (one: T) => boolean): [T[], T[]] {
  return [all.filter(isFirst), all.filter((one) => !isFirst(one))];
}

/** Without the mark that some editors put first. */
const textIn = async (config: string): Promise<string> =>
  ((await readText(nodeIniIn(config), LIMIT)) ?? '').replace(/^\ufeff/, '');

/** A setting of node.ini as it stands there; undefined when it does not. */
export async function settingIn(config: string, key: string): Promise<string | undefined> {
  return (await readNodeIni(config)).values.get(key);
}

/** Sets one line of node.ini, where it stands or at the top; all others stay. Without a value the line goes. */
export const setInNodeIni = (config: string, key: string, value?: string): Promise<void> =>
  setAllInNodeIni(config, { [key]: value });

/** Sets several lines of node.ini at once, each as `setInNodeIni` does. */
export const setAllInNodeIni = (
  config: string,
  values: Readonly<Record<string, string | undefined>>,
): Promise<void> => inTurn(nodeIniIn(config), () => rewrite(config, values));

async function rewrite(config: string, values: Readonly<Record<string, string | undefined>>): Promise<void> {
  const text = (await textIn(config)).replace(/\n$/, '');
  let lines = text === '' ? [] : text.split('\n');
  for (const [key, value] of Object.entries(values)) lines = withSetting(lines, key, value);
  await ensureFolder(config, 0o755);
  await writeWhole(nodeIniIn(config), lines.map((line) => `${line}\n`).join(''), MODE);
}

function withSetting(lines: readonly string[], key: string, value: string | undefined): string[] {
  const isIt = (line: string) => line.split('=')[0]?.trim() === key;
  const at = Math.max(0, lines.findIndex(isIt));
  const others = lines.filter((line) => !isIt(line));
  return value === undefined ? others : others.toSpliced(at, 0, `${key} = ${value}`);
}
