import { join } from 'node:path';
import { parse } from 'ini';
import { ensureFolder, readText, writeWhole } from '../../system/files.ts';

const LIMIT = 64 * 1024;
const MODE = 0o644;

const pathIn = (config: string): string => join(config, 'node.ini');

/** A setting of node.ini as it stands there; undefined when it does not. */
export async function settingIn(config: string, key: string): Promise<string | undefined> {
  const value: unknown = parse((await readText(pathIn(config), LIMIT)) ?? '')[key];
  return typeof value === 'string' ? value : undefined;
}

/** Sets one line of node.ini, where it stands or at the top; all others stay. Without a value the line goes. */
export async function setInNodeIni(config: string, key: string, value?: string): Promise<void> {
  const text = ((await readText(pathIn(config), LIMIT)) ?? '').replace(/\n$/, '');
  const lines = text === '' ? [] : text.split('\n');
  const isIt = (line: string) => line.split('=')[0]?.trim() === key;
  const at = Math.max(0, lines.findIndex(isIt));
  const others = lines.filter((line) => !isIt(line));
  const after = value === undefined ? others : others.toSpliced(at, 0, `${key} = ${value}`);
  await ensureFolder(config, 0o755);
  await writeWhole(pathIn(config), after.map((line) => `${line}\n`).join(''), MODE);
}
