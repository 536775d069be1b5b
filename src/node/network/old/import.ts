import { createHash } from 'node:crypto';
import { readdir, readFile, rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ensureFolder, readText, removeDrafts, syncFolder, writeWhole } from '../../../system/files.ts';
import { linkFile } from '../change/link-file.ts';
import { DISK_PROFILES, LINK_FILES } from '../change/places.ts';
import { keyfile } from '../keyfile.ts';
import { type Ifcfg, isIgnored, parseIfcfg } from './ifcfg.ts';
import { importedLink, type OldLink } from './links.ts';
import { parseNameRules } from './rules.ts';

/** Where the older generation keeps its network, and where ours is. */
export interface OldPlaces {
  scripts: string;
  rules: string;
  profiles: string;
  linkFiles: string;
  /** Folders in which NetworkManager's plugins are looked for. */
  plugins: readonly string[];
}

export const OLD_PLACES: OldPlaces = {
  scripts: '/etc/sysconfig/network-scripts',
  rules: '/etc/udev/rules.d/70-persistent-net.rules',
  profiles: DISK_PROFILES,
  linkFiles: LINK_FILES,
  plugins: [
    '/usr/lib64/NetworkManager',
    '/usr/lib/NetworkManager',
    '/usr/lib/x86_64-linux-gnu/NetworkManager',
  ],
};

const LIMIT = 256 * 1024;
const PLUGIN = 'libnm-settings-plugin-ifcfg-rh.so';
/** Folder and ending that the old files get: nobody reads them there. */
const ASIDE = 'imported';

/**
 * Before NetworkManager starts: the older generation's connections and names become its own and ours, and their files
 * go aside. A link that has a profile already keeps that one. Killed at any point, the next run goes on.
 * @returns a line for each thing that was done.
 */
export async function importOld(places: OldPlaces): Promise<string[]> {
  const names = await importNames(places);
  // Where NetworkManager reads the old files itself, they are adopted one by one as they are changed.
  return (await hasPlugin(places)) ? names : [...names, ...(await importLinks(places))];
}

async function importNames({ rules, linkFiles }: OldPlaces): Promise<string[]> {
  const text = await readText(rules, LIMIT);
  if (text === undefined) return [];
  await ensureFolder(linkFiles, 0o755);
  const done: string[] = [];
  for (const given of parseNameRules(text)) {
    const [name, content] = linkFile(given);
    const path = join(linkFiles, name);
    if ((await readText(path, LIMIT)) !== undefined) continue;
    await writeWhole(path, content, 0o644);
    done.push(`${given.name}: named by ${path}`);
  }
  await rename(rules, `${rules}.${ASIDE}`);
  return done;
}

async function hasPlugin({ plugins }: OldPlaces): Promise<boolean> {
  const found = await Promise.all(
    plugins.map(async (folder) =>
      (await readdir(folder, { recursive: true }).catch(() => [])).map((name) => basename(name)),
    ),
  );
  return found.flat().includes(PLUGIN);
}

async function importLinks(places: OldPlaces): Promise<string[]> {
  const old = await oldLinks(places.scripts);
  if (old.length === 0) return [];
  await ensureFolder(places.profiles, 0o755);
  await removeDrafts(places.profiles);
  const profiles = await profilesIn(places.profiles);
  const done: string[] = [];
  for (const each of old) {
    const uuid = uuidOf(each);
    const isBound = new RegExp(`^interface-name=${escaped(each.name)}$`, 'm');
    if (profiles.some((text) => isBound.test(text) && !text.includes(`uuid=${uuid}`))) {
      done.push(`${each.name}: has a profile already, its old files are left where they are`);
      continue;
    }
    const { link, extra } = importedLink(each, old);
    const path = join(places.profiles, `${each.name}.nmconnection`);
    await writeWhole(path, keyfile(link, { ...extra, uuid }));
    await setAside(places.scripts, each);
    done.push(`${each.name}: imported into ${path}`);
  }
  return done;
}

async function oldLinks(folder: string): Promise<OldLink[]> {
  const names = await readdir(folder).catch(() => []);
  const read = await Promise.all(
    names
      .filter((name) => name.startsWith('ifcfg-') && !isIgnored(name))
      .sort()
      .map(async (file) => {
        const settings = parseIfcfg(await readFile(join(folder, file), 'utf8'));
        return { file, name: settings.DEVICE || file.slice('ifcfg-'.length), settings };
      }),
  );
  const links = read.filter(({ name }) => !/[:/]/.test(name) && name !== 'lo');
  return Promise.all(links.map((link) => withRest(folder, names, link, read)));
}

interface ReadFile {
  file: string;
  name: string;
  settings: Ifcfg;
}

/** The link's further addresses and its routes stand in files of their own. */
async function withRest(
  folder: string,
  names: readonly string[],
  { file, name, settings }: ReadFile,
  all: readonly ReadFile[],
): Promise<OldLink> {
  const aliases = all.filter((each) => each.name.startsWith(`${name}:`));
  const routes = [`route-${name}`, `route6-${name}`].filter((each) => names.includes(each));
  const texts = await Promise.all(routes.map((each) => readFile(join(folder, each), 'utf8')));
  return {
    name,
    settings,
    aliases: aliases.map((alias) => alias.settings),
    routes: texts.join('\n'),
    files: [file, ...aliases.map((alias) => alias.file), ...routes],
  };
}

async function profilesIn(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => !name.startsWith('.'));
  return Promise.all(names.map((name) => readFile(join(folder, name), 'utf8').catch(() => '')));
}

/** The file's own, else always the same one: a run that was killed finds what it wrote. */
function uuidOf({ name, settings }: OldLink): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(settings.UUID ?? '')) return settings.UUID ?? '';
  const hex = createHash('sha1').update(`ifcfg ${name}`).digest('hex');
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `5${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return parts.join('-');
}

async function setAside(folder: string, { files }: OldLink): Promise<void> {
  const aside = join(folder, ASIDE);
  await ensureFolder(aside, 0o755);
  for (const file of files) await rename(join(folder, file), join(aside, file));
  await syncFolder(folder);
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
