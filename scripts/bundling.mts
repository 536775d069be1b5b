import path from 'node:path';
import type { BuildOptions } from 'esbuild';
import { blessedPlugin } from './blessed-plugin.mts';

export const ROOT = path.resolve(import.meta.dirname, '..');

/** How every program becomes one CommonJS file. It must lie below ROOT: what stays outside is looked for from there. */
export const BUNDLING = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node24',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  // Native add-ons stay outside: koffi finds its binary beside itself, and ssh2 does without its own two.
  external: ['koffi', 'node-pty', 'systeminformation', 'cpu-features', '*.node'],
  plugins: [blessedPlugin],
} satisfies BuildOptions;
