import { lstat, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { readText } from '../../../system/files.ts';
import { isIgnored } from '../ifcfg.ts';
import { ASIDE, type OldPlaces } from './places.ts';

/** A file that cannot be read (too large, no file, no right) has no text. */
export interface OldFile {
  text: string | undefined;
  /** Milliseconds since 1970. */
  changed: number;
}

/** Everything that decides what the old files mean. */
export interface OldFiles {
  /** `ifcfg-`, `route-`, `route6-`, `rule-`, `rule6-` and `keys-` files by name. */
  scripts: Map<string, OldFile>;
  /** Files that were taken over earlier, by name. */
  aside: Map<string, string>;
  network: string | undefined;
  staticRoutes: string | undefined;
  rules: string | undefined;
  hostname: string | undefined;
  interfaces: string;
  /** Options of the bonding module, a line each. */
  bonding: string[];
  tables: Map<string, number>;
  /** Profiles that are there, by their paths. */
  profiles: Map<string, string>;
  linkFiles: Map<string, string>;
}

const LIMIT = 256 * 1024;
const KINDS = /^(ifcfg|route|route6|rule|rule6|keys)-./;

export async function readOld(places: OldPlaces): Promise<OldFiles> {
  const names = (await namesIn(places.scripts)).filter((name) => KINDS.test(name) && !isIgnored(name));
  const asideFolder = join(places.scripts, ASIDE);
  const modules = [...(await textsOf(places.modprobe)).values()].join('\n');
  const profiles = [places.profiles, ...places.otherProfiles];
  return {
    scripts: new Map(
      await Promise.all(
        names.map(async (name) => [name, await readOne(join(places.scripts, name))] as const),
      ),
    ),
    aside: new Map([...(await textsOf([asideFolder]))].map(([path, text]) => [basename(path), text])),
    network: await textOf(places.network),
    staticRoutes: await textOf(places.staticRoutes),
    rules: await textOf(places.rules),
    hostname: await textOf(places.hostname),
    interfaces: [...(await textsOf([places.interfaces, `${places.interfaces}.d`])).values()].join('\n'),
    bonding: modules.split('\n').filter((line) => /^\s*options\s+bond/.test(line)),
    tables: tablesIn([...(await textsOf(places.tables)).values()].join('\n')),
    profiles: await textsOf(profiles),
    linkFiles: await textsOf([places.linkFiles], (name) => name.endsWith('.link')),
  };
}

async function readOne(path: string): Promise<OldFile> {
  const changed = (await lstat(path).catch(() => undefined))?.mtimeMs ?? 0;
  return { text: await textOf(path), changed };
}

/** Undefined for what is not there, is no plain file or is too large. */
async function textOf(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true) return undefined;
  return readText(path, LIMIT).catch(() => undefined);
}

const namesIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder).catch(() => [])).filter((name) => !name.startsWith('.')).sort();

/** Of files, and of the files in folders. */
async function textsOf(
  paths: readonly string[],
  wanted: (name: string) => boolean = () => true,
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const path of paths) {
    const inside = (await namesIn(path)).filter(wanted).map((name) => join(path, name));
    for (const file of inside.length > 0 ? inside : [path]) {
      const text = await textOf(file);
      if (text !== undefined) found.set(file, text);
    }
  }
  return found;
}

function tablesIn(text: string): Map<string, number> {
  const lines = [...text.matchAll(/^\s*(\d+)\s+(\S+)/gm)];
  const named = lines.map(([, number, name = '']) => [name, Number(number)] as const);
  return new Map([['local', 255], ['main', 254], ['default', 253], ...named]);
}
