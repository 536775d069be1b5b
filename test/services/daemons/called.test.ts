import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { manPage, SCRIPTS } from '../../../scripts/install/man/pages.mts';
import { MANUALS } from '../../../scripts/install/man/programs.mts';
import { run } from '../../../src/system/exec.ts';

const ROOT = new URL('../../../', import.meta.url);
const path = (name: string) => fileURLToPath(new URL(name, ROOT));
const { version } = JSON.parse(readFileSync(path('package.json'), 'utf8')) as { version: string };
const DAEMONS = ['console', 'guard', 'controller', 'export', 'management', 'backup', 'pxe-http'];
const programs: [string, string[]][] = [
  ...DAEMONS.map((name): [string, string[]] => [`zs-${name}`, [process.execPath, path(`dist/${name}.cjs`)]]),
  ...SCRIPTS.map(({ name }): [string, string[]] => [name, [process.execPath, path('dist/cli.cjs'), name]]),
  ['zs-role', ['sh', path('scripts/install/bin/zs-role')]],
];

describe.each(programs)('%s', (name, argv) => {
  test('tells its arguments and its version, and an unknown option in one line', async () => {
    const called = (option: string) => run([...argv, option], { timeout: 30_000 });
    const [help, told, wrong] = await Promise.all([
      called('--help'),
      called('--version'),
      called('--b\u001bgus'),
    ]);
    expect([help.code, help.stderr]).toEqual([0, '']);
    expect(help.stdout).toContain(name);
    expect(help.stdout).toContain('--version');
    // Its version is a file of the package.
    if (name !== 'zs-role') expect([told.code, told.stdout]).toEqual([0, `${name} ${version}\n`]);
    expect([wrong.code, wrong.stdout]).toEqual([2, '']);
    expect(wrong.stderr).toMatch(new RegExp(`^${name}: .*--b\\?gus.*\\n$`));
  });
});

const PAGES: readonly [string, string][] = [
  ...Object.entries(MANUALS),
  ...SCRIPTS.map((program): [string, string] => [program.name, manPage(program)]),
];

test.each(PAGES)('the manual page of %s is one that man takes without a word', (_, text) => {
  const shown = execFileSync('man', ['--warnings', '-E', 'UTF-8', '-l', '-'], {
    input: text,
    encoding: 'utf8',
    env: { ...process.env, MANPAGER: 'cat', MANWIDTH: '80' },
  });
  for (const part of ['SYNOPSIS', 'EXAMPLES']) expect(shown).toContain(part);
});
