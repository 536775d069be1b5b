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
  if (!(await isDir(dir))) await exclusively(`${kind}-${key}`, missing);
  const now = new Date();
  await utimes(dir, now, now);
  await prune(kind, dir);
  return dir;
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
    await writeFile(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  }
  const owner = Number(await readFile(lock, 'utf8').catch(() => ''));
  if (owner && !(await isDir(`/proc/${owner}`))) await rm(lock, { force: true });
  return false;
}

const IN_USE_MS = 15 * 60_000;

/** Keeps the two layers of this kind that were used last, and those that a machine may still be started from. */
async function prune(kind: string, keep: string): Promise<void> {
  const names = (await readdir(cacheRoot())).filter((name) =>
    new RegExp(`^${kind}-[0-9a-f]{16}$`).test(name),
  );
  const layers = await Promise.all(
    names.map(async (name) => ({ dir: join(cacheRoot(), name), used: await usedAt(name) })),
  );
  const old = layers.sort((a, b) => b.used - a.used).slice(2);
  const unused = old.filter(({ dir, used }) => dir !== keep && used < Date.now() - IN_USE_MS);
  for (const { dir } of unused) await rm(dir, { recursive: true, force: true });
}

async function usedAt(name: string): Promise<number> {
  return (await stat(join(cacheRoot(), name))).mtimeMs;
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
