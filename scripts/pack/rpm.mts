import { $, fs, os, path } from 'zx';
import { ROLES, type Role } from '../../src/api/role.ts';
import { SOURCE_DATE_EPOCH } from './deb.mts';
import { type Entry, lay } from './entries.mts';
import { nodeFiles, ROOT, release } from './files.mts';
import { commandsOf } from './life.mts';
import { tooNew } from './native.mts';
import { repositoryFiles } from './repository.mts';
import { presetOf } from './roles.mts';
import { spec } from './spec.mts';

/** The same input makes the same packages, byte for byte; and nothing of ours is changed on the way into them. */
const MACROS = {
  _topdir: '%{getenv:ZS_TOP}',
  _buildhost: 'localhost',
  use_source_date_epoch_as_buildtime: '1',
  clamp_mtime_to_source_date_epoch: '1',
  _build_id_links: 'none',
  debug_package: '%{nil}',
  __os_install_post: '%{nil}',
  __brp_mangle_shebangs: '%{nil}',
  _binary_filedigest_algorithm: '8',
  _source_filedigest_algorithm: '8',
  _target_os: 'linux',
};

export interface RpmOptions {
  out?: string;
  /** Key of the user's GnuPG keyring that signs the packages; without one they are not signed. */
  key?: string;
  /** How hard zstd tries, 1 to 19. */
  level?: number;
  /** Another version than package.json's. */
  version?: string;
}

/**
 * Makes the RPMs for Enterprise Linux 9 and 10 in `out`: zs-node, zs-role-ROLE for each role, zs-repository.
 * Fails when a part needs a newer C or C++ library than the oldest of them has.
 * @returns their paths
 */
export async function makeRpms(options: RpmOptions = {}): Promise<string[]> {
  const out = options.out ?? path.join(ROOT, 'build');
  await fs.ensureDir(out);
  const top = await fs.mkdtemp(path.join(os.tmpdir(), 'zs-rpm-'));
  try {
    await build(top, options);
    const made: string[] = await fs.readdir(path.join(top, 'made'));
    const paths = made.sort().map((name) => path.join(top, 'made', name));
    await refuseTooNew(paths);
    if (options.key !== undefined) await sign(paths, options.key);
    for (const rpm of paths) await fs.copy(rpm, path.join(out, path.basename(rpm)));
    return made.map((name) => path.join(out, name));
  } finally {
    await fs.remove(top);
  }
}

async function build(top: string, options: RpmOptions): Promise<void> {
  const { key } = options;
  const { version, description } = { ...(await release()), ...options };
  const node = await nodeFiles(version);
  const roles = Object.fromEntries(ROLES.map((role) => [role, [presetOf(role)]])) as Record<Role, Entry[]>;
  const repository = repositoryFiles(key === undefined ? undefined : await publicKey(key));
  const life = {
    installed: await commandsOf('installed'),
    leaving: await commandsOf('leaving'),
    left: await commandsOf('left'),
  };
  const root = path.join(top, 'root');
  await lay([...node, ...Object.values(roles).flat(), ...repository], root);
  const file = path.join(top, 'zs-node.spec');
  await fs.writeFile(file, spec({ version, description, life, node, roles, repository }));
  const macros = Object.entries({ ...MACROS, _binary_payload: `w${options.level ?? 10}.zstdio` }).flatMap(
    ([name, value]) => ['--define', `${name} ${value}`],
  );
  const env = { ...process.env, SOURCE_DATE_EPOCH, ZS_TOP: top };
  const places = [
    '--define',
    `_rpmdir ${top}/made`,
    '--define',
    '_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm',
  ];
  await $({
    env,
    quiet: true,
  })`rpmbuild -bb --noclean --target x86_64 --buildroot ${root} ${macros} ${places} ${file}`;
}

async function refuseTooNew(paths: readonly string[]): Promise<void> {
  for (const rpm of paths) {
    const needs = (await $`rpm -qp --requires ${rpm}`.quiet()).stdout.trim().split('\n');
    const refused = tooNew(needs);
    if (refused.length > 0)
      throw new Error(`${path.basename(rpm)} needs more than Enterprise Linux 9 has: ${refused.join(', ')}`);
  }
}

async function publicKey(key: string): Promise<string> {
  const { stdout } = await $`gpg --batch --armor --export ${key}`.quiet();
  if (stdout === '') throw new Error(`no public key ${key} in the GnuPG keyring`);
  return stdout;
}

async function sign(paths: readonly string[], key: string): Promise<void> {
  const macros = ['--define', `_gpg_name ${key}`, '--define', '__gpg /usr/bin/gpg'];
  await $`rpmsign --addsign ${macros} ${paths}`.quiet();
}
