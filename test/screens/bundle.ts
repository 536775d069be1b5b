import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { blessedPlugin } from '../../scripts/blessed-plugin.mts';

const ROOT = resolve(import.meta.dirname, '../..');
/** The runtime that the product brings along. */
export const NODE = join(ROOT, 'node_modules/.bin/node');

export interface Bundle {
  readonly file: string;
  remove(): Promise<void>;
}

/** One program as one file, bundled the way the product's programs are, in a folder of its own. */
export async function bundle(entry: string): Promise<Bundle> {
  const folder = await mkdtemp(join(tmpdir(), 'bundle-'));
  const file = join(folder, 'program.cjs');
  await build({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    plugins: [blessedPlugin],
  });
  return { file, remove: () => rm(folder, { recursive: true }) };
}
