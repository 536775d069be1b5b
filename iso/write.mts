import { $, fs, glob, path } from 'zx';
import { SOURCE_DATE_EPOCH } from '../scripts/pack/deb.mts';
import type { Base } from './base.mts';
import { refuse } from './refusal.mts';
import { sha256, type Tree } from './tree.mts';

const EFI_PARTITION = 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B';
/** What a file system needs beside the files. */
const MARGIN = 16 * 1024 * 1024;

/**
 * Writes the image beside `out` and puts it in its place when it is whole, its checksum inside and, as OUT.sha256, beside.
 * What boots the base boots it.
 */
export async function writeImage(base: Base, tree: Tree, label: string, out: string): Promise<void> {
  const draft = `${out}.part`;
  await fs.remove(draft);
  const { bsize, bavail } = await fs.statfs(path.dirname(out));
  const bytes = (await $`du -sb ${tree.folder}`.quiet()).stdout.split('\t')[0];
  const needed = base.volume.size + Number(bytes) + MARGIN;
  if (bsize * bavail < needed)
    refuse(`${path.dirname(out)}: has ${bsize * bavail} bytes left, ${needed} are needed`);
  try {
    await copied(base, tree, label, draft);
    await $`implantisomd5 --force ${draft}`.quiet();
    await $`sync ${draft}`.quiet();
    const checksum = await sha256(draft);
    // An image without a checksum is told from one with that of another.
    await fs.remove(`${out}.sha256`);
    await fs.rename(draft, out);
    await fs.writeFile(`${out}.sha256`, `${checksum}  ${path.basename(out)}\n`);
  } catch (error) {
    await fs.remove(draft);
    throw error;
  }
}

async function copied(base: Base, tree: Tree, label: string, draft: string): Promise<void> {
  const names = (await glob('**', { cwd: tree.folder, dot: true })).sort();
  const taken = tree.replaced.flatMap((name) => ['-rm_r', `/${name}`, '--']);
  const mapped = names.flatMap((name) => ['-map', path.join(tree.folder, name), `/${name}`]);
  const folders = new Set(names.flatMap((name) => parents(name)));
  const owned = [...folders, ...names].flatMap((name) => [
    '-chown',
    '0',
    `/${name}`,
    '--',
    '-chgrp',
    '0',
    `/${name}`,
    '--',
  ]);
  const dated = [...folders].flatMap((name) => [
    '-alter_date',
    'm',
    `=${SOURCE_DATE_EPOCH}`,
    `/${name}`,
    '--',
  ]);
  const efi = tree.appended === undefined ? [] : ['-append_partition', '2', EFI_PARTITION, tree.appended];
  const volume = ['-volid', label, '-volume_date', 'all_file_dates', 'set_to_mtime'];
  const env = { ...process.env, SOURCE_DATE_EPOCH };
  const done = await $({
    env,
    quiet: true,
    nothrow: true,
  })`xorriso -abort_on FAILURE -indev ${base.file} -outdev ${draft} -boot_image any replay ${volume} ${efi} ${taken} ${mapped} ${owned} ${dated} -commit`;
  if (done.exitCode === 0) return;
  const why = /^xorriso : (?:FATAL|FAILURE) : (.*)$/m.exec(done.stderr)?.[1] ?? `ended with ${done.exitCode}`;
  refuse(`${draft}: cannot be written: ${why}`);
}

function parents(name: string): string[] {
  const parts = name.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}
