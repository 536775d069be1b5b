import { glob, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readText, writeWhole } from '../../system/files.ts';

const LIMIT = 256 * 1024;
const MODE = 0o644;
const DEEPEST = 5;
const BEGIN = '# Servers of this node: set in the console, System Settings.';
const END = '# End of the servers of this node.';
const PUT_ASIDE = '#(set aside) ';
const SOURCE = /^\s*(?:server|pool|peer)\s+(\S+)/i;
/** As we write it; an older version of ours wrote no end. */
const OUR_LINE = /^server \S+ iburst$/;
const OWN_NAME = 'zs-node';
/** What is there belongs to programs that run, such as the DHCP client. */
const VOLATILE = /^\/run\//;

/** A source of time that is in force, and the file that names it. */
export interface NtpSource {
  server: string;
  file: string;
}

/** chrony.conf taken apart (chrony.conf(5)). */
interface Configuration {
  /** Its lines without ours. */
  lines: string[];
  /** Servers of ours that stand in it. */
  block: string[];
  /** Our own file: undefined where chrony reads no folder that lasts. */
  own: string | undefined;
}

/**
 * Servers that were set here; other lines of chrony.conf stay as they are. Where a change was cut off half-way, those
 * that are in force besides are among them, so that it equals neither the old nor the new.
 */
export async function serversOf(path: string): Promise<string[]> {
  const { lines, block, own } = await configurationOf(path);
  const ours = own === undefined ? block : [...sourcesIn(await linesOf(own)), ...block];
  const isHalfWay = ours.length > 0 && !lines.some((line) => line.startsWith(PUT_ASIDE));
  return isHalfWay ? [...ours, ...sourcesIn(lines)] : ours;
}

/** Sources that are in force besides those set here: of the distribution, administrators, the DHCP client. */
export async function otherSources(path: string): Promise<NtpSource[]> {
  const { own } = await configurationOf(path);
  const found = await sourcesFrom(path, DEEPEST);
  return found.filter(({ file }) => file !== own);
}

/**
 * Sets servers. Sources in chrony.conf itself are put aside while others are set, and come back when those go. Ours
 * stand in a file of their own where chrony reads a folder, at the end of chrony.conf otherwise.
 */
export async function setServers(path: string, servers: readonly string[]): Promise<void> {
  const { lines, own } = await configurationOf(path);
  const plain = lines.map((line) => (line.startsWith(PUT_ASIDE) ? line.slice(PUT_ASIDE.length) : line));
  const rest =
    servers.length === 0 ? plain : plain.map((line) => (SOURCE.test(line) ? PUT_ASIDE + line : line));
  const ours = servers.map((server) => `server ${server} iburst`);
  const block = own !== undefined || servers.length === 0 ? [] : [BEGIN, ...ours, END];
  // At no moment without any source.
  if (own !== undefined && servers.length > 0) await write(own, [BEGIN, ...ours]);
  await write(path, [...rest, ...block]);
  if (own !== undefined && servers.length === 0) await rm(own, { force: true });
}

const write = (path: string, lines: readonly string[]): Promise<void> =>
  writeWhole(path, lines.map((line) => `${line}\n`).join(''), MODE);

async function configurationOf(path: string): Promise<Configuration> {
  const all = await linesOf(path);
  const at = all.indexOf(BEGIN);
  const own = await ownFile(all);
  if (at < 0) return { lines: all, block: [], own };
  const behind = all.slice(at + 1);
  const count = behind.findIndex((line) => !OUR_LINE.test(line));
  const block = count < 0 ? behind : behind.slice(0, count);
  const after = behind.slice(block.length);
  const lines = [...all.slice(0, at), ...(after[0] === END ? after.slice(1) : after)];
  return { lines, block: sourcesIn(block), own };
}

/** In the first folder that lasts and is there; those for sources alone before those for everything. */
async function ownFile(lines: readonly string[]): Promise<string | undefined> {
  for (const [directive, ending] of [
    ['sourcedir', 'sources'],
    ['confdir', 'conf'],
  ] as const) {
    for (const folder of argumentsOf(lines, directive)) {
      const isThere = await readdir(folder).then(
        () => true,
        () => false,
      );
      if (isThere && !VOLATILE.test(folder)) return join(folder, `${OWN_NAME}.${ending}`);
    }
  }
  return undefined;
}

async function sourcesFrom(file: string, deepest: number): Promise<NtpSource[]> {
  const { lines } =
    deepest === DEEPEST ? await configurationOf(file) : { lines: await linesOf(file).catch(() => []) };
  const found = sourcesIn(lines).map((server) => ({ server, file }));
  if (deepest === 0) return found;
  const inner = [
    ...(await filesIn(argumentsOf(lines, 'confdir'), '.conf')),
    ...(await filesIn(argumentsOf(lines, 'sourcedir'), '.sources')),
    ...(await matching(argumentsOf(lines, 'include'))),
  ];
  for (const one of inner) found.push(...(await sourcesFrom(one, deepest - 1)));
  return found;
}

const sourcesIn = (lines: readonly string[]): string[] =>
  lines.flatMap((line) => SOURCE.exec(line)?.[1] ?? []);

const argumentsOf = (lines: readonly string[], directive: string): string[] =>
  lines.flatMap((line) => {
    const [word = '', ...rest] = line.trim().split(/\s+/);
    return word.toLowerCase() === directive ? rest : [];
  });

/** Of files of one name in several folders the first one counts. */
async function filesIn(folders: readonly string[], ending: string): Promise<string[]> {
  const found = new Map<string, string>();
  for (const folder of folders) {
    const names = await readdir(folder).catch(() => []);
    for (const name of names.sort())
      if (name.endsWith(ending) && !found.has(name)) found.set(name, join(folder, name));
  }
  return [...found.values()];
}

async function matching(patterns: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const pattern of patterns) for await (const file of glob(pattern)) found.push(file);
  return found.sort();
}

async function linesOf(path: string): Promise<string[]> {
  const text = (await readText(path, LIMIT)) ?? '';
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}
