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

/** Sets one line of node.ini and leaves the others as they are; without a value the line goes. */
export async function setInNodeIni(config: string, key: string, value?: string): Promise<void> {
  const isIt = (line: string) => line.split('=')[0]?.trim() === key;
  const lines = ((await readText(pathIn(config), LIMIT)) ?? '').split('\n').filter((line) => !isIt(line));
  const own = value === undefined ? [] : [`${key} = ${value}`];
  await ensureFolder(config, 0o755);
  await writeWhole(pathIn(config), `${[...own, lines.join('\n').trim()].join('\n').trim()}\n`, MODE);
}
