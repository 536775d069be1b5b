import { randomBytes } from 'node:crypto';
import { chmod, chown, readdir, rm } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { bracketed } from '../../api/host.ts';
import { PORTS } from '../../api/ports.ts';
import { known, unknown } from '../../api/reading.ts';
import { whyOf } from '../../system/errno.ts';
import { run } from '../../system/exec.ts';
import { ensureFolder, readText, writeWhole } from '../../system/files.ts';
import type { Service } from '../../system/service.ts';
import type { Shared } from './schema.ts';

const GROUP = 'zs-export';
const HOUR = 3_600_000;
const META_LIMIT = 64 * 1024;

export interface ShareParts {
  /** Folder of the shares. */
  exports: string;
  service: Service;
  /** Address under which others reach this node now; its first one when there is none such. */
  address(): Promise<string | undefined>;
}

/** A share that nobody sees yet. */
export interface Draft {
  token: string;
  /** Put into this what is to be handed out. */
  folder: string;
}

/** Shares that this program is filling: they have no record yet, and are not to be taken for abandoned ones. */
const underWay = new Set<string>();

/** Begins a share under an unguessable name; shares that have ended are removed. */
export async function draftShare({ exports }: ShareParts): Promise<Draft> {
  await ensureFolder(exports, 0o750);
  await removeEnded(exports);
  const token = randomBytes(16).toString('base64url');
  underWay.add(token);
  const folder = join(exports, token);
  await ensureFolder(folder, 0o750);
  return { token, folder };
}

/** Opens the share to who has its address, for some hours. */
export async function openShare(
  parts: ShareParts,
  { token, folder }: Draft,
  { title, whole, hours }: { title: string; whole: string; hours: number },
): Promise<Shared> {
  const expires = Date.now() + hours * HOUR;
  await giveToGroup(parts.exports, folder);
  const meta = join(parts.exports, `${token}.json`);
  await writeWhole(meta, JSON.stringify({ title, whole, expires }), 0o640);
  await giveToGroup(meta);
  underWay.delete(token);
  return { url: await served(parts, token), expires };
}

export async function dropShare({ exports }: ShareParts, { token, folder }: Draft): Promise<void> {
  await rm(join(exports, `${token}.json`), { force: true });
  await rm(folder, { recursive: true, force: true });
  underWay.delete(token);
}

async function served({ service, address }: ShareParts, token: string): Promise<Shared['url']> {
  try {
    await service.start();
  } catch (thrown) {
    return unknown(whyOf(thrown));
  }
  const host = (await address().catch(() => undefined)) ?? firstAddress();
  return known(`http://${bracketed(host)}:${PORTS.export}/${token}/`);
}

function firstAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((own) => own ?? []);
  const outside = all.filter(({ internal, address }) => !internal && !address.startsWith('fe80'));
  return (outside.find(({ family }) => family === 'IPv4') ?? outside[0])?.address ?? '127.0.0.1';
}

/** The server runs as a user of its own, which may read the shares and nothing else. */
async function giveToGroup(...paths: string[]): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { code, stdout } = await run(['getent', 'group', GROUP], { timeout: 10_000 });
  if (code !== 0) return;
  const gid = Number(stdout.split(':')[2]);
  for (const path of paths) await chown(path, 0, gid);
}

/** Whatever is put into a share: readable by the server's group, and by nobody else. */
export async function readableByServer(path: string, folder: boolean): Promise<void> {
  await chmod(path, folder ? 0o750 : 0o640);
  await giveToGroup(path);
}

async function removeEnded(exports: string): Promise<void> {
  const names = await readdir(exports);
  for (const token of new Set(names.map((name) => name.replace(/\.json$/, '')))) {
    if (underWay.has(token) || (await isOpen(exports, token))) continue;
    await rm(join(exports, `${token}.json`), { force: true });
    await rm(join(exports, token), { recursive: true, force: true });
  }
}

async function isOpen(exports: string, token: string): Promise<boolean> {
  const text = await readText(join(exports, `${token}.json`), META_LIMIT).catch(() => undefined);
  return text !== undefined && (JSON.parse(text) as { expires: number }).expires > Date.now();
}
