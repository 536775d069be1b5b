import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { $, fs, glob, path } from 'zx';
import { assembled } from '../kickstart/assemble.mts';
import { KICKSTARTS } from '../kickstart/modes.mts';
import { SOURCE_DATE_EPOCH } from '../scripts/pack/deb.mts';
import { OWN_REPOSITORY } from '../scripts/pack/repository.mts';
import type { Base } from './base.mts';
import { comps } from './comps.mts';
import { extract, extractEfi } from './disc.mts';
import { iniValue, withValue } from './ini.mts';
import { type Menu, rewritten } from './menus.mts';
import { productImage } from './product-image.mts';
import { dropEnvironments, makeRepository } from './repodata.mts';
import type { Software } from './software.mts';

/** What lies on our image and not on the base's, or differs. */
export interface Tree {
  /** Folder with the files at their places. */
  folder: string;
  /** Folders of the base that are taken away first. */
  replaced: string[];
  /** The EFI image that is appended to the file system, where it is no file of it. */
  appended: string | undefined;
}

/** Where the Windows guests' drivers lie, below the root of the medium. */
export const VIRTIO = `${OWN_REPOSITORY}/virtio-win.iso`;

/** Lays out everything of ours below `work`/tree. Repodata of the base lie in `work`. */
export async function layTree(
  base: Base,
  made: Software,
  menu: Menu,
  input: { rpms: readonly string[]; virtio?: string },
  work: string,
): Promise<Tree> {
  const folder = path.join(work, 'tree');
  const at = (name: string) => path.join(folder, name);
  await menus(base, menu, folder);
  const appended = await efiImage(base, folder, work);
  await ownRepository(made, input.rpms, path.join(folder, OWN_REPOSITORY));
  const replaced = await baseComps(base, work, folder);
  for (const name of KICKSTARTS)
    if (!made.left.some(({ role }) => name.startsWith(role)))
      await fs.outputFile(at(`ks/${name}`), await assembled(name));
  await productImage(at('images/product.img'), work);
  if (input.virtio !== undefined) await fs.copy(input.virtio, at(VIRTIO));
  await fs.outputFile(at(`${OWN_REPOSITORY}/provenance.json`), await provenance(base, made, folder));
  await fs.outputFile(at('.treeinfo'), await treeinfo(base, folder, work));
  await $`chmod -R u=rwX,go=rX ${folder}`.quiet();
  await sameDates(folder);
  return { folder, replaced, appended };
}

async function menus(base: Base, menu: Menu, folder: string): Promise<void> {
  await extract(base.file, base.menus, folder);
  for (const name of base.menus) {
    const place = path.join(folder, name);
    await fs.writeFile(place, rewritten(await fs.readFile(place, 'utf8'), menu));
  }
}

/** The EFI image has a menu of its own, which machines read that boot from a stick: the one that lies beside it too. */
async function efiImage(base: Base, folder: string, work: string): Promise<string | undefined> {
  const image = path.join(work, 'efi.img');
  await extractEfi(base.file, image);
  const menu = path.join(folder, 'EFI/BOOT/grub.cfg');
  const copy = path.join(work, 'grub.cfg');
  await fs.copy(menu, copy);
  const date = Number(SOURCE_DATE_EPOCH);
  await fs.utimes(copy, date, date);
  const env = { ...process.env, SOURCE_DATE_EPOCH, TZ: 'UTC', MTOOLS_SKIP_CHECK: '1' };
  await $({ env, quiet: true })`mcopy -o -m -i ${image} ${copy} ::/EFI/BOOT/grub.cfg`;
  if (base.efi === undefined) return image;
  await fs.copy(image, path.join(folder, base.efi));
  return undefined;
}

async function ownRepository(made: Software, rpms: readonly string[], folder: string): Promise<void> {
  const left = new Set(made.left.map(({ role }) => `zs-role-${role}-`));
  const ours = rpms.filter((rpm) => ![...left].some((name) => path.basename(rpm).startsWith(name)));
  for (const rpm of [...ours, ...made.brought])
    await fs.copy(rpm, path.join(folder, 'Packages', path.basename(rpm)));
  await sameDates(folder);
  await makeRepository(folder, comps(made.roles));
}

/** @returns the folders of the base whose place ours take */
async function baseComps(base: Base, work: string, folder: string): Promise<string[]> {
  const replaced: string[] = [];
  for (const name of base.repositories) {
    if (!(await dropEnvironments(path.join(work, name)))) continue;
    await fs.copy(path.join(work, name, 'repodata'), path.join(folder, name, 'repodata'));
    replaced.push(`${name}/repodata`);
  }
  return replaced;
}

async function treeinfo(base: Base, folder: string, work: string): Promise<string> {
  let text = await fs.readFile(path.join(work, '.treeinfo'), 'utf8');
  const variant = `variant-${OWN_REPOSITORY}`;
  const values = {
    id: OWN_REPOSITORY,
    name: OWN_REPOSITORY,
    packages: `${OWN_REPOSITORY}/Packages`,
    repository: OWN_REPOSITORY,
    type: 'variant',
    uid: OWN_REPOSITORY,
  };
  for (const [key, value] of Object.entries(values)) text = withValue(text, variant, key, value);
  for (const section of ['general', 'tree']) {
    const variants = iniValue(text, section, 'variants');
    if (variants !== undefined) text = withValue(text, section, 'variants', `${variants},${OWN_REPOSITORY}`);
  }
  const changed = [
    'images/product.img',
    ...(base.efi === undefined ? [] : [base.efi]),
    ...base.repositories.map((name) => `${name}/repodata/repomd.xml`),
  ];
  for (const name of changed) {
    const place = path.join(folder, name);
    if (iniValue(text, 'checksums', name) === undefined && name !== 'images/product.img') continue;
    if (await fs.pathExists(place))
      text = withValue(text, 'checksums', name, `sha256:${await sha256(place)}`);
  }
  return text;
}

async function provenance(base: Base, made: Software, folder: string): Promise<string> {
  const { name, version, volume } = base;
  const packages = path.join(folder, OWN_REPOSITORY, 'Packages');
  const files = await Promise.all(
    (await fs.readdir(packages))
      .sort()
      .map(async (file: string) => ({ file, sha256: await sha256(path.join(packages, file)) })),
  );
  const from = {
    name,
    version,
    label: volume.label,
    bytes: volume.size,
    checksum: volume.implanted.split(';')[0],
  };
  const modes = { installs: made.roles, leftOut: made.left };
  return `${JSON.stringify({ base: from, modes, packages: files }, undefined, 2)}\n`;
}

export async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(file)) hash.update(part);
  return hash.digest('hex');
}

async function sameDates(folder: string): Promise<void> {
  const date = Number(SOURCE_DATE_EPOCH);
  for (const name of await glob('**', { cwd: folder, dot: true, onlyFiles: false }))
    await fs.utimes(path.join(folder, name), date, date);
}
