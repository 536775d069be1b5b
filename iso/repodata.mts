import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { $, fs, path } from 'zx';
import { SOURCE_DATE_EPOCH } from '../scripts/pack/deb.mts';
import { withoutEnvironments } from './comps.mts';

/** Types of a repository's comps, by how they are packed; the first that is there is read. */
const COMPS = ['group', 'group_gz', 'group_xz', 'group_zst', 'group_zck'];

/** Makes a folder of packages a repository; the same packages make the same bytes. */
export async function makeRepository(folder: string, comps: string): Promise<void> {
  const draft = path.join(path.dirname(folder), 'comps.xml');
  await fs.writeFile(draft, comps);
  const dates = ['--revision', SOURCE_DATE_EPOCH, '--set-timestamp-to-revision', '--no-database'];
  await $`createrepo_c --quiet ${dates} --groupfile ${draft} ${folder}`.quiet();
  await fs.remove(draft);
}

/** Takes the environments out of the comps of a repository in `folder`; everything else of it stays. @returns whether it had any */
export async function dropEnvironments(folder: string): Promise<boolean> {
  const repodata = path.join(folder, 'repodata');
  const place = path.join(repodata, 'repomd.xml');
  const before = await fs.readFile(place, 'utf8');
  const types = COMPS.filter((type) => before.includes(`<data type="${type}">`));
  const type = types[0];
  if (type === undefined) return false;
  const text = await unpacked(path.join(folder, hrefOf(before, type)));
  const ours = withoutEnvironments(text);
  if (ours === text) return false;
  for (const one of types) await $`modifyrepo_c --remove ${one} ${repodata}`.quiet();
  const draft = path.join(folder, 'comps.xml');
  await fs.writeFile(draft, ours);
  await $`modifyrepo_c --mdtype=group --no-compress ${draft} ${repodata}`.quiet();
  await fs.remove(draft);
  const after = await fs.readFile(place, 'utf8');
  // The date of a change is in nobody's interest, and made two runs differ.
  const dated = /(<data type="group">[\s\S]*?<timestamp>)\d+/;
  await fs.writeFile(place, after.replace(dated, `$1${SOURCE_DATE_EPOCH}`));
  // What vouched for the file as it was vouches no more.
  await fs.remove(path.join(repodata, 'repomd.xml.asc'));
  return true;
}

/** The comps of a repository, undefined where it has none. */
export async function readComps(folder: string): Promise<string | undefined> {
  const repomd = await fs.readFile(path.join(folder, 'repodata/repomd.xml'), 'utf8');
  const type = COMPS.find((one) => repomd.includes(`<data type="${one}">`));
  return type === undefined ? undefined : unpacked(path.join(folder, hrefOf(repomd, type)));
}

function hrefOf(repomd: string, type: string): string {
  const block = repomd.split(`<data type="${type}">`)[1] ?? '';
  return /<location href="([^"]+)"/.exec(block)?.[1] ?? '';
}

async function unpacked(file: string): Promise<string> {
  const bytes = await fs.readFile(file);
  if (file.endsWith('.gz')) return gunzipSync(bytes).toString();
  if (file.endsWith('.zst')) return zstdDecompressSync(bytes).toString();
  if (file.endsWith('.xz')) return (await $`xz --decompress --stdout ${file}`.quiet()).stdout;
  if (file.endsWith('.zck')) return (await $`unzck --stdout ${file}`.quiet()).stdout;
  return bytes.toString();
}
