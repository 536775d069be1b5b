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

/** How the program of the page that shows a VM's screen becomes one file for browsers. */
export const PAGE = {
  absWorkingDir: ROOT,
  entryPoints: { 'vm-console': 'src/management/console-proxy/page/main.ts' },
  bundle: true,
  platform: 'browser',
  format: 'esm',
  target: 'es2022',
  minify: true,
  legalComments: 'none',
  banner: { js: '/* Contains noVNC (https://github.com/novnc/noVNC), MPL-2.0, and pako, MIT. */' },
} satisfies BuildOptions;
