import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** Folder of everything that is built for test machines; outside the checkout, safe to delete. */
export function cacheRoot(): string {
  const given = process.env.ZS_VM_CACHE;
  if (given) return given;
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'zs-node', 'vm');
}

/** Sixteen hex digits that stand for these texts and the contents of these files. */
export async function contentKey(texts: string[], files: string[] = []): Promise<string> {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${text.length}:${text}`);
  for (const file of files) hash.update(await readFile(file));
  return hash.digest('hex').slice(0, 16);
}

/**
 * The folder of the layer `kind-key`, built by `build` into an empty folder when it is not there yet.
 * A layer appears as a whole or not at all; two processes never build the same one at once.
 */
export async function layer(
  kind: string,
  key: string,
  build: (dir: string) => Promise<void>,
): Promise<string> {
  const dir = join(cacheRoot(), `${kind}-${key}`);
  const missing = async () => (await isDir(dir)) || (await buildInto(dir, build));
  if (!(await isDir(dir))) await counted(() => exclusively(`${kind}-${key}`, missing));
  const now = new Date();
  await utimes(dir, now, now);
  await prune(kind, dir);
  return dir;
}

let [builds, since, spent] = [0, 0, 0];

/** Milliseconds for which this process has built layers, or waited for others that do. */
export const timeBuilding = (): number => spent + (builds > 0 ? performance.now() - since : 0);

async function counted<T>(work: () => Promise<T>): Promise<T> {
  if (builds === 0) since = performance.now();
  builds += 1;
  try {
    return await work();
  } finally {
    builds -= 1;
    if (builds === 0) spent += performance.now() - since;
  }
}

async function buildInto(dir: string, build: (dir: string) => Promise<void>): Promise<void> {
  const partial = `${dir}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  const started = performance.now();
  console.error(`vm: building ${dir}`);
  await build(partial);
  await rename(partial, dir);
  console.error(`vm: built in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

/** Runs `work` while no other process of this user runs one of the same name; an owner that is gone does not count. */
export async function exclusively<T>(name: string, work: () => Promise<T>): Promise<T> {
  const lock = join(cacheRoot(), `${name}.lock`);
  await mkdir(cacheRoot(), { recursive: true });
  while (!(await takeLock(lock))) await pause(200);
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

async function takeLock(lock: string): Promise<boolean> {
  try {
    const own = `${process.pid} ${await startOf('self')}`;
    await writeFile(lock, own, { flag: 'wx' });
    return true;
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  }
  if (await isLeft(lock)) await rm(lock, { force: true });
  return false;
}

/** When a process began, in ticks since the boot; undefined: there is none. After a reboot its number is another's. */
async function startOf(pid: string): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return text?.slice(text.lastIndexOf(')')).split(' ')[20];
}

const WRITTEN_MS = 60_000;

/** Whether the owner of a lock is gone. One that could not write its name on a full disk has none. */
async function isLeft(lock: string): Promise<boolean> {
  try {
    const [pid = '', since] = (await readFile(lock, 'utf8')).split(' ');
    if (pid === '') return (await stat(lock)).mtimeMs < Date.now() - WRITTEN_MS;
    const started = await startOf(pid);
    return started === undefined || (since !== undefined && since !== started);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return false;
    throw error;
  }
}

const IN_USE_MS = 15 * 60_000;

/**
 * Keeps the two layers of this kind that were used last, and those that a machine may still be started from. What a build
 * that was killed has left goes.
 */
async function prune(kind: string, keep: string): Promise<void> {
  const all = await readdir(cacheRoot());
  const names = all.filter((name) => new RegExp(`^${kind}-[0-9a-f]{16}$`).test(name));
  const left = all.filter((name) => new RegExp(`^${kind}-[0-9a-f]{16}\\.partial$`).test(name));
  for (const name of left)
    if (!all.includes(name.replace('.partial', '.lock')) && (await usedAt(name)) < Date.now() - IN_USE_MS)
      await rm(join(cacheRoot(), name), { recursive: true, force: true });
  const layers = await Promise.all(
    names.map(async (name) => ({ dir: join(cacheRoot(), name), used: await usedAt(name) })),
  );
  const old = layers.sort((a, b) => b.used - a.used).slice(2);
  const unused = old.filter(({ dir, used }) => dir !== keep && used < Date.now() - IN_USE_MS);
  for (const { dir } of unused) await rm(dir, { recursive: true, force: true });
}

/** Now, when another process has just taken it away. */
async function usedAt(name: string): Promise<number> {
  try {
    return (await stat(join(cacheRoot(), name))).mtimeMs;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return Date.now();
    throw error;
  }
}

async function isDir(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (isCode(error, 'ENOENT')) return false;
    throw error;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
