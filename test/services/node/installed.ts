import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build } from '../../../iso/build.mts';
import { makeRpms } from '../../../scripts/pack/rpm.mts';
import {
  type BaseOptions,
  derivedImage,
  type Image,
  imageWith,
  type Role,
} from '../../../scripts/vm/images.mts';
import { baseDvd } from '../../fakes/base-dvd.ts';
import { standIns } from '../../fakes/enterprise-linux.ts';
import { openFolder } from '../servers.ts';

export const NEWER_VERSION = '99.0.0';
/** The newer image, in the node. The kernel that tests run on need not know the file system of DVDs. */
export const NEWER = '/srv/newer.img';
export const IMAGE_TYPE = 'ext4';
const SCRIPT = resolve('scripts/vm/rpms.sh');
const run = promisify(execFile);

/** The disk for a node that runs in namespaces; a newer image lies in it. */
export async function installedDisk(role: Role): Promise<string> {
  const work = openFolder('installed-');
  try {
    const made = await images(work);
    const file = join(work, 'newer.img');
    // Its identifier would be another one each time.
    const same = [
      '-U',
      '6f1f2f5e-6a0c-4b5e-9f0b-5d3f6a1e0001',
      '-E',
      'hash_seed=6f1f2f5e-6a0c-4b5e-9f0b-5d3f6a1e0001',
    ];
    await run('mke2fs', ['-q', '-t', IMAGE_TYPE, ...same, '-d', made.newer.files, file, '250M']);
    return (await installed(role, made, file)).disk;
  } finally {
    await rm(work, { recursive: true });
  }
}

/** An emulated machine's disk with the file system of Enterprise Linux, a newer DVD in it, and that DVD in `work`. */
export async function installedMachine(role: Role, work: string): Promise<{ image: Image; newer: string }> {
  const made = await images(work);
  const newer = made.newer.iso;
  return { image: await installed(role, made, newer, { filesystem: 'xfs' }), newer };
}

const images = async (work: string) => ({
  now: await image(work, 'now'),
  newer: await image(work, 'newer', NEWER_VERSION),
});

/**
 * A node as our installation image leaves it, with dnf and firewalld; Debian's own servers are what stand-ins of
 * Enterprise Linux's packages say is there.
 * @param file the newer image in the form in which it will lie in /srv
 */
async function installed(
  role: Role,
  { now, newer }: Record<'now' | 'newer', Made>,
  file: string,
  options: BaseOptions = {},
): Promise<Image> {
  const sum = createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
  await writeFile(`${file}.sha256`, `${sum}  ${basename(file)}\n`);
  return derivedImage(
    `installed-by-rpm-${role}`,
    await imageWith('dnf', ['dnf', 'rpm', 'firewalld'], options),
    { texts: [role, basename(file)], files: [SCRIPT, now.iso, newer.iso] },
    (root) => [...[SCRIPT, root], ...[now.files, role, file]],
  );
}

interface Made {
  iso: string;
  files: string;
}

/** Our installation image, of a made-up base, and its files. */
async function image(work: string, name: string, version?: string): Promise<Made> {
  const at = (what: string) => join(work, `${name}${what}`);
  const rpms = await makeRpms({ out: at('-rpms'), level: 1, ...(version !== undefined && { version }) });
  baseDvd(at('-base.iso'), { generation: 9, packages: standIns(rpms) });
  await build({ base: at('-base.iso'), out: at('.iso'), packages: at('-rpms') });
  await run('osirrox', ['-indev', at('.iso'), '-extract', '/', at('')]);
  await run('chmod', ['-R', 'u+rwX', at('')]);
  return { iso: at('.iso'), files: at('') };
}
