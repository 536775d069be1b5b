import { run } from '../../system/exec.ts';
import type { Installed, PackageFormat } from './schema.ts';

const MILLISECONDS = 30_000;

const QUERIES: Readonly<Record<PackageFormat, readonly string[]>> = {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own
  deb: ['dpkg-query', '--show', '--showformat', '${db:Status-Abbrev} ${Package} ${Version}\n', 'zs-*'],
  rpm: ['rpm', '-qa', '--qf', 'ii  %{name} %{version}\n', 'zs-*'],
};

/** What the package manager says; undefined where none of its packages is of this version: a checkout, say. */
export async function installed(version: string): Promise<Installed | undefined> {
  for (const format of ['rpm', 'deb'] as const) {
    const { stdout } = await run(QUERIES[format], { timeout: MILLISECONDS }).catch(() => ({ stdout: '' }));
    const rows = stdout.split('\n').map((row) => row.trim().split(/\s+/));
    const ours = rows.filter(([status, , has]) => status === 'ii' && has === version);
    const names = ours.map(([, name = '']) => name).sort();
    if (names.includes('zs-node')) return { format, names };
  }
  return undefined;
}
