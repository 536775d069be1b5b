import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { $ } from 'zx';
import { contentKey, layer } from './cache.mts';

export type Suite = 'bookworm' | 'trixie';
export type Filesystem = 'ext4' | 'xfs';
export type Role = 'management' | 'compute' | 'storage' | 'expert';

/** What a machine is started from. `disk` is a raw image, only ever used under an overlay. */
export interface Image {
  key: string;
  disk: string;
  kernel: string;
  initrd: string;
  /** Private ssh key that root of the machine accepts. */
  identity: string;
}

export interface BaseOptions {
  suite?: Suite;
  filesystem?: Filesystem;
}

/** Root's password in every test machine. */
export const ROOT_PASSWORD = 'password';

const here = import.meta.dirname;
const run = $({ verbose: false, quiet: true, stdio: ['ignore', 'pipe', 'pipe'], timeout: '20m' });

/** A bootable Debian with everything that our package depends on, without our package. */
export async function baseImage(options: BaseOptions = {}): Promise<Image> {
  const { suite = 'bookworm', filesystem = 'ext4' } = options;
  const key = await contentKey([suite, filesystem, ROOT_PASSWORD], await baseSources());
  const dir = await layer(`base-${suite}-${filesystem}`, key, async (out) => {
    await withSecret(ROOT_PASSWORD, (file) => run`${here}/rootfs.sh ${suite} ${filesystem} ${out} ${file}`);
  });
  return imageIn(dir, dir, key);
}

/** The base image with the package `deb` installed as a user would install it, without a role. */
export async function packageImage(deb: string, options: BaseOptions = {}): Promise<Image> {
  return withPackage(await baseImage(options), deb);
}

/** The machine of one role: the package image on which `zs-role ROLE` was run. */
export async function roleImage(deb: string, role: Role, options: BaseOptions = {}): Promise<Image> {
  return withRole(await packageImage(deb, options), role);
}

/** What a Debian needs that enforces SELinux's policy; `ENFORCE` has its kernel do so. */
const POLICY = ['selinux-policy-default', 'policycoreutils', 'selinux-utils', 'auditd'];
/** For the kernel's command line. */
export const ENFORCE = 'security=selinux selinux=1 enforcing=1 audit=1 audit_backlog_limit=8192';

/** As `roleImage`, where a policy is there before our package is, and all files have their labels. */
export async function enforcedImage(deb: string, role: Role): Promise<Image> {
  const node = await withRole(await withPackage(await imageWith('policy', POLICY), deb), role);
  const script = `${here}/label.sh`;
  return derivedImage(`enforced-${role}`, node, { files: [script] }, (root) => [script, root]);
}

const withPackage = (image: Image, deb: string): Promise<Image> =>
  derivedImage('package', image, { files: [deb] }, (root) => [`${here}/install.sh`, root, deb]);

const withRole = (image: Image, role: Role): Promise<Image> =>
  derivedImage(`role-${role}`, image, { texts: [role] }, (root) => [
    ...['env', 'SYSTEMD_OFFLINE=1', 'chroot', root],
    ...['zs-role', role],
  ]);

/** The base image with more of Debian's packages. @param kind what such images are called in the cache */
export async function imageWith(kind: string, packages: string[], options: BaseOptions = {}): Promise<Image> {
  const script = `${here}/add.sh`;
  const given = { texts: packages, files: [script] };
  return derivedImage(kind, await baseImage(options), given, (root) => [script, root, ...packages]);
}

/**
 * An image that a command makes of another one.
 * @param given what it depends on besides @param command its argv, with the folder where the other one's copy is mounted
 */
export async function derivedImage(
  kind: string,
  from: Image,
  given: { texts?: string[]; files?: string[] },
  command: (root: string) => string[],
): Promise<Image> {
  const key = await contentKey([from.key, ...(given.texts ?? [])], given.files);
  const dir = await layer(kind, key, async (out) => {
    await inCopy(from, out, (root) => run`${here}/in-image.sh ${out}/disk.img ${root} ${command(root)}`);
  });
  return imageIn(dir, dirOf(from), key);
}

async function inCopy(from: Image, out: string, work: (root: string) => Promise<unknown>): Promise<void> {
  await run`cp --sparse=always ${from.disk} ${out}/disk.img`;
  const root = join(out, 'root');
  await mkdir(root);
  await work(root);
  await rm(root, { recursive: true });
}

function imageIn(dir: string, baseDir: string, key: string): Image {
  const file = (name: string) => join(baseDir, name);
  return {
    key,
    disk: join(dir, 'disk.img'),
    kernel: file('vmlinuz'),
    initrd: file('initrd'),
    identity: file('id'),
  };
}

function dirOf(image: Image): string {
  return join(image.kernel, '..');
}

async function baseSources(): Promise<string[]> {
  const own = ['guest-packages.txt', 'rootfs.sh', 'kernel.sh', 'customize.sh', 'initrd.sh', 'in-image.sh'];
  const guest = await readdir(join(here, 'guest'), { recursive: true, withFileTypes: true });
  const files = guest.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const control = join(here, '..', 'install', 'debian', 'control');
  return [...own.map((name) => join(here, name)), control, ...files.sort()];
}

async function withSecret(secret: string, work: (file: string) => Promise<unknown>): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'zs-vm-secret-'));
  try {
    const file = join(dir, 'secret');
    await writeFile(file, secret, { mode: 0o600 });
    await chmod(dir, 0o700);
    await work(file);
  } finally {
    await rm(dir, { recursive: true });
  }
}
