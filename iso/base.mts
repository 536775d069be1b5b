import { fs, path } from 'zx';
import { extract, listing, type Volume, volume } from './disc.mts';
import { iniValue } from './ini.mts';
import { refuse } from './refusal.mts';

export type Generation = 9 | 10;

/** An installation DVD that ours is made of. */
export interface Base {
  file: string;
  volume: Volume;
  generation: Generation;
  /** As its makers call it, with its version. */
  name: string;
  version: string;
  /** Its folders that are repositories. */
  repositories: string[];
  /** Paths of the files in which a boot menu stands. */
  menus: string[];
  /** Path of the EFI image where it is a file too. */
  efi: string | undefined;
  files: Map<string, number>;
}

const MENU = /(^|\/)(isolinux|syslinux|extlinux|grub)\.(cfg|conf)$/i;
const EFI_IMAGE = 'images/efiboot.img';

/** Finds out what an image is. Refuses, in one line, what ours cannot be made of. `work`: a folder for what is read. */
export async function examine(file: string, work: string): Promise<Base> {
  const described = await volume(file);
  const files = await listing(file);
  const missing = ['.discinfo', '.treeinfo', 'images/install.img', 'images/pxeboot/vmlinuz'].filter(
    (name) => !files.has(name),
  );
  if (missing.length > 0)
    refuse(`${file}: is no installation DVD (a live image?), these are not there: ${missing.join(', ')}`);
  await extract(file, ['.discinfo', '.treeinfo'], work);
  const arch = (await fs.readFile(path.join(work, '.discinfo'), 'utf8')).split('\n')[2]?.trim() ?? '';
  if (arch !== 'x86_64') refuse(`${file}: is for ${arch || 'an unknown machine'}, not for x86_64`);
  const treeinfo = await fs.readFile(path.join(work, '.treeinfo'), 'utf8');
  const version = iniValue(treeinfo, 'general', 'version') ?? '';
  const generation = Number(version.split('.')[0]);
  if (generation !== 9 && generation !== 10)
    refuse(`${file}: is version ${version || 'unknown'}, ours is made of 9 or 10`);
  const repositories = repositoriesIn(treeinfo).filter((name) => files.has(`${name}/repodata/repomd.xml`));
  if (!repositories.includes('BaseOS'))
    refuse(`${file}: brings no packages (a boot image?), a DVD with BaseOS and AppStream is needed`);
  return {
    file,
    volume: described,
    generation,
    name: iniValue(treeinfo, 'general', 'name') ?? `Enterprise Linux ${version}`,
    version,
    repositories,
    menus: [...files.keys()].filter((name) => MENU.test(name)).sort(),
    efi: files.has(EFI_IMAGE) ? EFI_IMAGE : undefined,
    files,
  };
}

/** The folders of the repositories that a .treeinfo names, in its order. */
export function repositoriesIn(treeinfo: string): string[] {
  const names = iniValue(treeinfo, 'tree', 'variants') ?? iniValue(treeinfo, 'general', 'variants') ?? '';
  return names
    .split(',')
    .map((name) => iniValue(treeinfo, `variant-${name.trim()}`, 'repository'))
    .filter((folder) => folder !== undefined);
}
