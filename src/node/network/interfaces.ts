import { glob, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** The file of Debian's ifupdown. */
export const INTERFACES = '/etc/network/interfaces';

/** A line of ifupdown's files that is about interfaces. */
export interface InterfaceLine {
  where: string;
  words: string[];
}

/** Keys that name other interfaces; the first word of such a line. */
const NAMING = /^(iface|auto|allow-\S+|bridge[_-]ports|bond-slaves|slaves|vlan-raw-device)$/;

/** Files that ifupdown reads, the first one included; those that are not there are left out. */
export async function interfacesFiles(path = INTERFACES, depth = 0): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return [];
  if (depth > 5) return [path];
  const found = [path];
  for (const line of text.split('\n')) {
    const [word = '', ...patterns] = line.trim().split(/\s+/);
    if (word !== 'source' && word !== 'source-directory') continue;
    for (const pattern of patterns) {
      const whole = join(pattern.startsWith('/') ? '' : dirname(path), pattern);
      for (const file of await filesOf(word === 'source' ? whole : `${whole}/*`, word !== 'source'))
        found.push(...(await interfacesFiles(file, depth + 1)));
    }
  }
  return [...new Set(found)];
}

async function filesOf(pattern: string, isFolder: boolean): Promise<string[]> {
  const files: string[] = [];
  for await (const file of glob(pattern)) files.push(file);
  // In a folder that is read as a whole only plain names count, as run-parts has it.
  return files.filter((file) => !isFolder || /\/[\w-]+$/.test(file)).sort();
}

/** Lines of ifupdown's files that name interfaces. */
export async function interfaceLines(): Promise<InterfaceLine[]> {
  const files = await interfacesFiles();
  const found = await Promise.all(
    files.map(async (path) =>
      (await readFile(path, 'utf8').catch(() => '')).split('\n').flatMap((line, at) => {
        const words = line.trim().split(/\s+/);
        return NAMING.test(words[0] ?? '') ? [{ where: `${path}:${at + 1}`, words }] : [];
      }),
    ),
  );
  return found.flat();
}
