import { execFileSync } from 'node:child_process';
import { chmodSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { makePackage } from '../../scripts/pack/deb.mts';
import { INSTALL, release } from '../../scripts/pack/files.mts';
import { tooNew } from '../../scripts/pack/native.mts';
import { makeRpms } from '../../scripts/pack/rpm.mts';
import { needsOf } from '../fakes/enterprise-linux.ts';
import { smallPackages } from '../fakes/rpm.ts';
import { OwnRoot } from './own-root.ts';
import { openFolder } from './servers.ts';

const root = new OwnRoot();
const { version } = await release();
const LATER = '99.0.0';
/** In the place of a unit of a template stands the one that a role enables. */
const OUR_UNITS = readdirSync(join(INSTALL, 'systemd'))
  .filter((name) => /\.(service|socket|timer)$/.test(name))
  .map((name) => name.replace('serial@', 'serial@ttyS0'));
let made: string[];
let later: string[];
const keyring = openFolder('keyring-');
afterAll(() => {
  root.end();
  execFileSync('gpgconf', ['--kill', 'gpg-agent']);
  // The agent takes its sockets away by itself.
  rmSync(keyring, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

const requires = (rpm: string): string[] =>
  execFileSync('rpm', ['-qp', '--requires', rpm], { encoding: 'utf8' }).trim().split('\n');

/** dnf, with nothing but what was built here. */
const dnf = (...argv: string[]): string =>
  root.inside(
    'dnf',
    '-y',
    '--disablerepo=*',
    '--repofrompath=given,/tmp/given',
    '--nogpgcheck',
    '--setopt=module_platform_id=platform:el9',
    ...argv,
  );
const packages = (): string[] =>
  root.inside('rpm', '-qa', '--qf', '%{name} %{version}\n', 'zs-*').split('\n').sort();
const enabled = (): string[] =>
  root
    .inside(
      'sh',
      '-c',
      "systemctl list-unit-files --no-legend --plain 'zs-*' ctrl-alt-del.target 'getty@tty1.service' | awk '{print $1, $2}'",
    )
    .split('\n')
    .filter((line) => /(enabled|masked)$/.test(line))
    .sort();

beforeAll(async () => {
  made = await makeRpms({ out: root.given, level: 1 });
  chmodSync(keyring, 0o700);
  vi.stubEnv('GNUPGHOME', keyring);
  const key = ['--passphrase', '', '--quick-generate-key', 'packages@test', 'rsa2048', 'sign', 'never'];
  execFileSync('gpg', ['--batch', '--quiet', '--pinentry-mode', 'loopback', ...key]);
  later = await makeRpms({ out: root.given, version: LATER, level: 1, key: 'packages@test' });
  smallPackages(root.given, [{ name: 'enterprise-linux', provides: needsOf(made) }]);
  execFileSync('createrepo_c', ['-q', root.given]);
}, 500_000);

test('programs run on the oldest C library among the targets, by the symbol versions that they need', () => {
  const needs = made.flatMap(requires);
  expect(needs).toContain('libc.so.6(GLIBC_2.28)(64bit)');
  expect(tooNew(needs)).toEqual([]);
  const newer = ['libc.so.6(GLIBC_2.35)(64bit)', 'libstdc++.so.6(GLIBCXX_3.4.30)(64bit)'];
  expect(
    tooNew([...needs, 'libc.so.6(GLIBC_2.34)(64bit)', ...newer, 'libc.musl-x86_64.so.1()(64bit)']),
  ).toEqual([...newer, 'libc.musl-x86_64.so.1()(64bit)']);
});

test('installed, another role in its place, upgraded and back with configuration kept, and removed without a trace', () => {
  dnf('install', `zs-role-management-${version}`, `zs-repository-${version}`);
  expect(root.inside('zs-role')).toBe('management');
  expect(root.inside('rpm', '-V', 'zs-node', 'zs-role-management', 'zs-repository')).toBe('');
  for (const program of ['zs-controller', 'zs-console', 'zs-show-network'])
    expect(root.inside(program, '--version')).toContain(version);
  expect(enabled()).toEqual(
    expect.arrayContaining([
      'zs-console.service enabled',
      'zs-first-boot.service enabled',
      'ctrl-alt-del.target masked',
    ]),
  );

  expect(enabled()).not.toContain('zs-management.service enabled');
  expect(root.inside('ls', '/etc/zs-node')).toContain('first-boot');

  const byRole = enabled();
  const units = byRole.filter((line) => line.startsWith('zs-')).map((line) => line.split(' ')[0] ?? '');
  root.inside('systemctl', '--quiet', 'disable', ...units);
  root.inside('systemctl', '--quiet', 'preset', ...OUR_UNITS);
  expect(enabled()).toEqual(byRole);

  dnf('swap', 'zs-role-management', `zs-role-compute-${version}`);
  expect(root.inside('zs-role')).toBe('compute');
  expect(
    enabled().filter((line) => line.startsWith('zs-backup') || line.startsWith('zs-management')),
  ).toEqual([]);

  root.inside(
    'sh',
    '-c',
    'echo "# by hand" >> /etc/pam.d/zs-guard; echo idle_minutes=7 > /etc/zs-node/node.ini',
  );
  const before = enabled();
  for (const step of [['upgrade'], ['downgrade', `zs-*-${version}`]]) {
    dnf(...step);
    expect(packages().every((line) => line.endsWith(step[0] === 'upgrade' ? LATER : version))).toBe(true);
    expect(root.inside('tail', '-n1', '/etc/pam.d/zs-guard')).toBe('# by hand');
    expect(root.inside('cat', '/etc/zs-node/node.ini')).toBe('idle_minutes=7');
    expect(root.inside('zs-role')).toBe('compute');
    expect(enabled()).toEqual(before);
  }

  root.inside('sh', '-c', 'sed -i "\\$d" /etc/pam.d/zs-guard; rm /etc/zs-node/node.ini');
  expect(root.changed().length).toBeGreaterThan(50);
  dnf('remove', 'zs-*');
  expect(root.changed()).toEqual([]);
}, 500_000);

test('the package for Debian is made of the same list, and leaves as little', async () => {
  const deb = basename(await makePackage(root.given));
  root.inside('dpkg', '--force-depends', '--install', `/tmp/given/${deb}`);
  root.inside('zs-role', 'management');
  expect(root.inside('zs-controller', '--version')).toContain(version);
  const files = (words: string) =>
    words.split('\n').filter((line) => line.startsWith('/') && !line.endsWith('/'));
  const debian = files(root.inside('dpkg', '-L', 'zs-node'));
  const rpm = execFileSync('rpm', ['-qpl', made.find((name) => name.includes('zs-node-')) ?? ''], {
    encoding: 'utf8',
  });
  expect(debian).toEqual(expect.arrayContaining(files(rpm)));
  root.inside('dpkg', '--purge', '--force-depends', 'zs-node');
  expect(root.changed()).toEqual([]);
}, 300_000);

test('a command that fails in a scriptlet is told, and the transaction goes to its end', () => {
  root.inside('ln', '--symbolic', '--force', '/bin/false', '/usr/bin/systemctl');
  const said = dnf('install', `zs-role-expert-${version}`);
  expect(said).toContain('post -n zs-role-expert did not end well');
  expect(packages()).toEqual([`zs-node ${version}`, `zs-role-expert ${version}`]);
}, 300_000);

test('packages are signed with the key that is given, and bring its public half', () => {
  const check = (rpm: string) => root.inside('rpm', '-Kv', `/tmp/given/${basename(rpm)}`);
  const repository = later.find((name) => name.includes('zs-repository')) ?? '';
  const inside =
    'rpm2cpio "$1" | cpio -i --to-stdout --quiet \'./etc/pki/*\' > /var/cache/key; rpm --import /var/cache/key';
  root.inside('sh', '-c', inside, 'sh', `/tmp/given/${basename(repository)}`);
  for (const rpm of later) expect(check(rpm)).toMatch(/RSA\/SHA\d+ Signature, key ID \w+: OK/);
  expect(check(made[0] ?? '')).not.toContain('Signature, key ID');
}, 300_000);
