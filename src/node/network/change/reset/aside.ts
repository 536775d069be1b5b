import { cp, readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { say, type Words } from '../../../../api/words.ts';
import { ensureFolder } from '../../../../system/files.ts';
import { isIgnored } from '../../ifcfg.ts';
import { INTERFACES, interfacesFiles } from '../../interfaces.ts';
import { SCRIPTS } from '../../unmanaged.ts';
import { DISK_PROFILES } from '../places.ts';

/** What of the network's files the reset takes out of the way. */
export interface Aside {
  /** Paths that go. */
  removed: string[];
  /** Paths that get another text. */
  files: Record<string, string>;
  /** For the person who is asked. */
  words: Words[];
  /** ifupdown's file is among them. */
  restarts: boolean;
}

const ONLY_LOOPBACK = `# Every other interface is NetworkManager's since the emergency network reset.
auto lo
iface lo inet loopback
`;

/** Needs nothing of the files but their names, and of ifupdown's which interfaces stand in them. */
export async function asideNow(): Promise<Aside> {
  const [profiles, scripts, interfaces] = await Promise.all([
    namesIn(DISK_PROFILES),
    namesIn(SCRIPTS).then((names) => names.filter(isScript)),
    otherInterfaces(),
  ]);
  const first = interfaces.filter((path) => path === INTERFACES);
  return {
    removed: [
      ...profiles.map((name) => join(DISK_PROFILES, name)),
      ...scripts.map((name) => join(SCRIPTS, name)),
      ...interfaces.filter((path) => path !== INTERFACES),
    ],
    files: Object.fromEntries(first.map((path) => [path, ONLY_LOOPBACK])),
    words: [
      ...saying(profiles, ['connection profile', 'connection profiles'], '个连接配置'),
      ...saying(scripts, [`file in ${SCRIPTS}`, `files in ${SCRIPTS}`], `个 ${SCRIPTS} 中的文件`),
      ...interfaces.map((path) =>
        say(
          `Set aside: ${path}; its interfaces are NetworkManager's from now on.`,
          `将移走：${path}；其中的接口今后由 NetworkManager 管理。`,
        ),
      ),
    ],
    restarts: interfaces.length > 0,
  };
}

const saying = (names: readonly string[], [one, more]: readonly [string, string], zh: string): Words[] =>
  names.length === 0
    ? []
    : [
        say(
          `Set aside: ${names.length} ${names.length === 1 ? one : more}.`,
          `将移走：${names.length} ${zh}。`,
        ),
      ];

/** Copies of all of them, as they are now. */
export async function copyAside(folder: string): Promise<void> {
  await ensureFolder(folder);
  await copy(DISK_PROFILES, folder);
  const scripts = (await namesIn(SCRIPTS)).filter(isScript);
  for (const name of scripts) await copy(join(SCRIPTS, name), join(folder, 'network-scripts', name));
  for (const path of await otherInterfaces()) {
    const beside = path === INTERFACES ? basename(path) : join('interfaces.d', basename(path));
    await copy(path, join(folder, beside));
  }
}

async function copy(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}

const namesIn = (folder: string): Promise<string[]> =>
  readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });

const isScript = (name: string): boolean =>
  /^(ifcfg|route|route6|rule|rule6|keys)-(?!lo$)/.test(name) && !isIgnored(name);

/** ifupdown's files in which more than the loopback stands. */
async function otherInterfaces(): Promise<string[]> {
  const files = await interfacesFiles();
  const texts = await Promise.all(files.map((path) => readFile(path, 'utf8').catch(() => '')));
  const found = files.filter((_, at) => /^\s*iface\s+(?!lo\s)\S/m.test(texts[at] ?? ''));
  // One that reads the others in counts with them.
  return found.length === 0 ? [] : [...new Set([INTERFACES, ...found])];
}
