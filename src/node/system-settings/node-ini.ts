import { join } from 'node:path';
import { parse } from 'ini';
import { ensureFolder, readText, writeWhole } from '../../system/files.ts';
import { inTurn } from '../../system/serial.ts';

const LIMIT = 64 * 1024;
const MODE = 0o644;

const pathIn = (config: string): string => join(config, 'node.ini');

/** A setting of node.ini as it stands there; undefined when it does not. */
export async function settingIn(config: string, key: string): Promise<string | undefined> {
  const value: unknown = parse((await readText(pathIn(config), LIMIT)) ?? '')[key];
  return typeof value === 'string' ? value : undefined;
}

/** Sets one line of node.ini, where it stands or at the top; all others stay. Without a value the line goes. */
export const setInNodeIni = (config: string, key: string, value?: string): Promise<void> =>
  setAllInNodeIni(config, { [key]: value });

/** Sets several lines of node.ini at once, each as `setInNodeIni` does. */
export const setAllInNodeIni = (
  config: string,
  values: Readonly<Record<string, string | undefined>>,
): Promise<void> => inTurn(pathIn(config), () => rewrite(config, values));

async function rewrite(config: string, values: Readonly<Record<string, string | undefined>>): Promise<void> {
  const text = ((await readText(pathIn(config), LIMIT)) ?? '').replace(/\n$/, '');
  let lines = text === '' ? [] : text.split('\n');
  for (const [key, value] of Object.entries(values)) lines = withSetting(lines, key, value);
  await ensureFolder(config, 0o755);
  await writeWhole(pathIn(config), lines.map((line) => `${line}\n`).join(''), MODE);
}

function withSetting(lines: readonly string[], key: string, value: string | undefined): string[] {
  const isIt = (line: string) => line.split('=')[0]?.trim() === key;
  const at = Math.max(0, lines.findIndex(isIt));
  const others = lines.filter((line) => !isIt(line));
  return value === undefined ? others : others.toSpliced(at, 0, `${key} = ${value}`);
}
