import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { BUNDLING, ROOT } from '../../scripts/bundling.mts';

/** The runtime that the product brings along. */
export const NODE = join(ROOT, 'node_modules/.bin/node');

export interface Bundle {
  readonly file: string;
  remove(): Promise<void>;
}

/** One program as one file, bundled the way the product's programs are, in a folder of its own. */
export async function bundle(entry: string): Promise<Bundle> {
  await mkdir(join(ROOT, 'build'), { recursive: true });
  const folder = await mkdtemp(join(ROOT, 'build', 'bundle-'));
  const file = join(folder, 'program.cjs');
  await build({ ...BUNDLING, entryPoints: [entry], outfile: file });
  return { file, remove: () => rm(folder, { recursive: true }) };
}
