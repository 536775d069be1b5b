import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** One setting of NetworkManager's own configuration, and where it stands (`FILE:LINE`). */
export interface Setting {
  section: string;
  key: string;
  /** Added to what stands before it. */
  adds: boolean;
  value: string;
  where: string;
}

const ETC = '/etc/NetworkManager';
const VENDOR = ['/usr/lib/NetworkManager/conf.d', '/run/NetworkManager/conf.d'];

/** NetworkManager's settings in the order in which they count: a later one wins. What cannot be read is left out. */
export async function readNmSettings(): Promise<Setting[]> {
  const own = await filesIn(join(ETC, 'conf.d'));
  const names = new Set(own.map((path) => basename(path)));
  const vendor = (await Promise.all(VENDOR.map(filesIn))).flat().filter((path) => !names.has(basename(path)));
  const files = [...vendor, join(ETC, 'NetworkManager.conf'), ...own];
  return (await Promise.all(files.map(settingsIn))).flat();
}

async function filesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => name.endsWith('.conf') && !name.startsWith('.'))
    .sort()
    .map((name) => join(folder, name));
}

/** Settings of one file in the same format, in their order; none of one that cannot be read. */
export async function settingsIn(path: string): Promise<Setting[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  let section = '';
  return text.split('\n').flatMap((line, at) => {
    const head = /^\s*\[([^\]]+)\]/.exec(line)?.[1];
    if (head !== undefined) section = head.trim();
    const [, key, sign, value] = /^\s*([^#;=[\s+-][^=]*?)\s*([+-]?)=\s*(.*?)\s*$/.exec(line) ?? [];
    if (head !== undefined || key === undefined || value === undefined || sign === '-') return [];
    return [{ section, key, adds: sign === '+', value, where: `${path}:${at + 1}` }];
  });
}

/** The setting's values that count together: those since it was last set anew. */
export function inForce(settings: readonly Setting[], section: string, key: string): Setting[] {
  const all = settings.filter((each) => each.section === section && each.key === key);
  const start = all.findLastIndex(({ adds }) => !adds);
  return all.slice(Math.max(start, 0));
}
