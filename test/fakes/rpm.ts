import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A small real package that stands for one of Enterprise Linux. */
export interface SmallPackage {
  name: string;
  version?: string;
  provides?: readonly string[];
  requires?: readonly string[];
  /** Place on the node without the first slash, and what stands there. */
  files?: Readonly<Record<string, string>>;
}

/** Builds the packages with rpmbuild into `out`, all of one run. */
export function smallPackages(out: string, packages: readonly SmallPackage[]): void {
  const top = mkdtempSync(join(tmpdir(), 'small-rpm-'));
  mkdirSync(out, { recursive: true });
  try {
    const spec = join(top, 'small.spec');
    writeFileSync(
      spec,
      [
        'Name: small\nVersion: 1\nRelease: 1\nSummary: s\nLicense: none',
        '%description\ns',
        ...packages.map(part),
        '%install',
        ...packages.flatMap(install),
      ].join('\n\n'),
    );
    const env = { ...process.env, SOURCE_DATE_EPOCH: '1700000000' };
    const macros = {
      _topdir: top,
      _rpmdir: out,
      _build_name_fmt: '%%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm',
      _buildhost: 'localhost',
      use_source_date_epoch_as_buildtime: '1',
      clamp_mtime_to_source_date_epoch: '1',
      __os_install_post: '%{nil}',
      _binary_filedigest_algorithm: '8',
    };
    const defines = Object.entries(macros).flatMap(([name, value]) => ['--define', `${name} ${value}`]);
    execFileSync('rpmbuild', ['-bb', '--target', 'x86_64', ...defines, spec], { env, stdio: 'pipe' });
  } finally {
    rmSync(top, { recursive: true });
  }
}

function part({ name, version = '1', provides = [], requires = [], files = {} }: SmallPackage): string {
  const lines = [
    `%package -n ${name}`,
    `Version: ${version}`,
    'Summary: stands for another',
    'AutoReqProv: no',
  ];
  for (const capability of provides) lines.push(`Provides: ${capability}`);
  for (const capability of requires) lines.push(`Requires: ${capability}`);
  const listed = Object.keys(files).map((place) => `/${place}`);
  return [...lines, `\n%description -n ${name}\ns`, `\n%files -n ${name}`, ...listed].join('\n');
}

function install({ files = {} }: SmallPackage): string[] {
  return Object.entries(files).map(
    ([place, words]) =>
      `mkdir -p "$(dirname "%{buildroot}/${place}")"\ncat > "%{buildroot}/${place}" <<'END_OF_FILE'\n${words}\nEND_OF_FILE`,
  );
}
