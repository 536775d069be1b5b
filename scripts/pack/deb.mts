import { $, fs, os, path } from 'zx';
import { lay } from './entries.mts';
import { INSTALL, nodeFiles, ROOT, release } from './files.mts';
import { commandsOf } from './life.mts';

/** One date for every file, so that the same content makes the same package, byte for byte. */
export const SOURCE_DATE_EPOCH = '1700000000';

/**
 * Makes zs-node_VERSION_amd64.deb in `out` of what `npm run build` left in dist/.
 * @param version another one than package.json's
 * @returns its path
 */
export async function makePackage(out = path.join(ROOT, 'build'), version?: string): Promise<string> {
  await fs.ensureDir(out);
  const stage = await fs.mkdtemp(path.join(os.tmpdir(), 'zs-package-'));
  try {
    return await packed(stage, out, version);
  } finally {
    await fs.remove(stage);
  }
}

async function packed(stage: string, out: string, other?: string): Promise<string> {
  const { version: own, description } = await release();
  const version = other ?? own;
  const entries = await nodeFiles(version);
  await lay(entries, stage);
  await fs.chmod(stage, 0o755);
  const kilobytes = (await $`du -sk ${stage}`.quiet()).stdout.split('\t')[0] ?? '';
  const configuration = entries.filter(({ config }) => config).map(({ to }) => `/${to}\n`);
  const debian = path.join(stage, 'DEBIAN');
  await fs.ensureDir(debian);
  await fs.writeFile(path.join(debian, 'conffiles'), configuration.join(''));
  await fillIn('control', debian, { VERSION: version, SIZE: kilobytes, DESCRIPTION: description });
  await fillIn('postinst', debian, { installed: await commandsOf('installed') });
  await fillIn('prerm', debian, { leaving: await commandsOf('leaving') });
  await fillIn('postrm', debian, { left: await commandsOf('left') });
  await $`chmod -R u=rwX,go=rX ${debian}`.quiet();
  await $`chmod 755 ${debian}/postinst ${debian}/prerm ${debian}/postrm`.quiet();
  const deb = path.join(out, `zs-node_${version}_amd64.deb`);
  const env = { ...process.env, SOURCE_DATE_EPOCH };
  await $({ env, quiet: true })`dpkg-deb --root-owner-group -Zzstd -z3 --build ${stage} ${deb}`;
  return deb;
}

/** Writes a file of install/debian with each `@NAME@` in its place. */
async function fillIn(name: string, debian: string, values: Record<string, string>): Promise<void> {
  const template = await fs.readFile(path.join(INSTALL, 'debian', name), 'utf8');
  const filled = template.replace(/@([A-Za-z]+)@/g, (_: string, key: string) => values[key] ?? '');
  await fs.writeFile(path.join(debian, name), filled);
}
