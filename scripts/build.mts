#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { build, type Plugin } from 'esbuild';
import { fs, path } from 'zx';
import { BUNDLING, PAGE, ROOT } from './bundling.mts';

/**
 * The programs, by the name of their bundle. Each is one CommonJS file, so that the compile cache covers all of it. Node's
 * start-up snapshot was tried in its place: the console's first picture takes 1.0 to 1.07 times the processor's time, with
 * code in the snapshot (8 MB) and without (4 MB); the controller's cannot be made, since a snapshot holds no native add-on.
 */
const PROGRAMS = {
  console: 'screens/main.ts',
  controller: 'src/controller/main.ts',
  guard: 'src/guard/main.ts',
  'first-boot': 'src/first-boot/main.ts',
  cli: 'src/cli/main.ts',
  'zstack-cli': 'src/cli/zstack-cli/main.ts',
  'pam-check': 'src/system/pam-check.ts',
  'sqlite-program': 'src/system/sqlite-program.ts',
  backup: 'src/node/backup/main.ts',
  'stick-copy': 'src/node/logs/stick-copy.ts',
  export: 'src/export/main.ts',
  'pxe-http': 'src/export/pxe-main.ts',
  management: 'src/management/main.ts',
  inventory: 'src/node/hardware/inventory.ts',
};

/**
 * Drivers that a program loads when it first talks to such a server, by the name of their bundle: most starts never do,
 * and what is read and compiled is what a start takes.
 */
const DRIVERS = { mysql2: 'mysql2', 'rabbitmq-client': 'rabbitmq-client', ssh2: 'ssh2' };

const driversApart: Plugin = {
  name: 'drivers-apart',
  setup: ({ onResolve }) => {
    onResolve({ filter: new RegExp(`^(${Object.keys(DRIVERS).join('|')})$`) }, ({ path, kind }) =>
      kind === 'dynamic-import' ? { path: `./${path}.cjs`, external: true } : undefined,
    );
  },
};

/** One character beyond Latin (in a regular expression, which the bundler leaves alone) would double the text in memory. */
const inAscii = (text: string): string =>
  text.replace(/[^\x00-\x7f]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);

const { version } = await fs.readJson(path.join(ROOT, 'package.json'));

const page = await build({ ...PAGE, write: false, outdir: 'dist' });
const { outputFiles } = await build({
  ...BUNDLING,
  write: false,
  entryPoints: { ...PROGRAMS, ...DRIVERS },
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  logLevel: 'warning',
  // What was compiled is otherwise written at a regular end only, and a program that is killed would start slowly again.
  footer: { js: "setTimeout(()=>require('node:module').flushCompileCache(),5_000).unref();" },
  define: { 'process.env.ZS_VERSION': JSON.stringify(version) },
  plugins: [...BUNDLING.plugins, driversApart],
});

// Put in place whole: a program that starts meanwhile finds the old bundle or the new one.
await fs.ensureDir(path.join(ROOT, 'dist'));
for (const { path: target, text } of [...outputFiles, ...page.outputFiles]) {
  const contents = Buffer.from(inAscii(text));
  if (existsSync(target) && Buffer.compare(await fs.readFile(target), contents) === 0) continue;
  const draft = `${target}.${process.pid}`;
  await fs.writeFile(draft, contents);
  await fs.rename(draft, target);
}
