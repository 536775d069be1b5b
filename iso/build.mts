import { fs, os, path } from 'zx';
import { release } from '../scripts/pack/files.mts';
import { makeRpms } from '../scripts/pack/rpm.mts';
import { examine } from './base.mts';
import { extract } from './disc.mts';
import { menu } from './menus.mts';
import { refuse } from './refusal.mts';
import { software } from './software.mts';
import { layTree } from './tree.mts';
import { driversMissing } from './virtio.mts';
import { writeImage } from './write.mts';

export interface Order {
  base: string;
  out: string;
  /** Volume label; without one it is made of the version. */
  label?: string;
  /** Folders with packages that the base lacks. */
  add?: readonly string[];
  /** Image with the Windows guests' drivers. */
  virtio?: string;
  /** Our packages, where they are made already. */
  packages?: string;
  /** Key of the GnuPG keyring that signs our packages. */
  key?: string;
}

/** Makes the installation image. @returns what a person should know of it, a line each. Throws a Refusal. */
export async function build(order: Order): Promise<string[]> {
  const { version } = await release();
  const label = order.label ?? `ZS-NODE-${version.replaceAll('.', '-')}`;
  if (!/^[A-Za-z0-9_-]{1,32}$/.test(label)) refuse(`--label: up to 32 letters, digits, _ and -`);
  if (path.resolve(order.base) === path.resolve(order.out)) refuse('--out: is the base itself');
  for (const folder of order.add ?? [])
    if (!(await fs.pathExists(folder))) refuse(`--add: ${folder} is not there`);
  if (order.virtio !== undefined) await checkVirtio(order.virtio);
  const work = await fs.mkdtemp(path.join(os.tmpdir(), 'zs-iso-'));
  try {
    const base = await examine(order.base, work);
    await extract(
      base.file,
      base.repositories.map((name) => `${name}/repodata`),
      work,
    );
    const rpms = await ourPackages(order, work);
    const made = await software(base, rpms, order.add ?? [], work);
    const ours = menu(label, `Node Console ${version}`, base.generation);
    const input = { rpms, ...(order.virtio === undefined ? {} : { virtio: order.virtio }) };
    const tree = await layTree(base, made, ours, input, work);
    await writeImage(base, tree, label, order.out);
    return [
      `made of ${base.name}; modes: ${made.roles.join(', ')}`,
      ...made.left.map(({ role, missing }) => `left out: ${role}, without ${missing.join(', ')}`),
      ...(order.virtio === undefined
        ? ['left out: drivers of Windows guests (--virtio); without them such guests see no disk']
        : []),
    ];
  } finally {
    await fs.remove(work);
  }
}

async function ourPackages(order: Order, work: string): Promise<string[]> {
  if (order.packages === undefined)
    return makeRpms({ out: path.join(work, 'rpms'), ...(order.key === undefined ? {} : { key: order.key }) });
  const folder = order.packages;
  const names = (await fs.readdir(folder)).filter((name: string) => /^zs-.*\.rpm$/.test(name));
  if (names.length === 0) refuse(`--packages: ${folder} has none of ours (npm run package -- --rpm)`);
  return names.sort().map((name: string) => path.join(folder, name));
}

async function checkVirtio(file: string): Promise<void> {
  const missing = await driversMissing(file).catch(() =>
    refuse(`--virtio: ${file} is no image that can be read`),
  );
  if (missing.length > 0) refuse(`--virtio: ${file} has no driver ${missing.join(' and none ')}`);
}
