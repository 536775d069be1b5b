import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { commentOf, launcherIn, loginIn, personOf } from '../../src/system/person.ts';

const folder = mkdtempSync(join(tmpdir(), 'zs-person-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a key is known by its comment', () => {
  const path = join(folder, 'key');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'alice at home', '-f', path]);
  const list = execFileSync('ssh-keygen', ['-lf', `${path}.pub`], { encoding: 'utf8' });
  const fingerprint = list.split(' ')[1] ?? '';
  const text = `Accepted publickey for root from 192.0.2.50 port 5022 ssh2: ED25519 ${fingerprint}\n`;
  expect(readFileSync(`${path}.pub`, 'utf8')).toContain('alice at home');
  expect(loginIn(text)).toEqual({ user: 'root', from: '192.0.2.50', key: fingerprint });
  expect(commentOf(fingerprint, list)).toBe('alice at home');
  expect(commentOf('SHA256:another', list)).toBeUndefined();
});

test.each([
  ['Accepted password for bob from 2001:db8::5 port 22 ssh2', { user: 'bob', from: '2001:db8::5' }],
  ['Failed password for root from 192.0.2.66 port 22 ssh2', undefined],
  [
    'Accepted password for a from 192.0.2.1 port 1 ssh2\nAccepted password for b from 192.0.2.2 port 2 ssh2',
    { user: 'b', from: '192.0.2.2' },
  ],
])('%s', (text, login) => expect(loginIn(text)).toEqual(login));

test('where nobody logged in the place is all that is known, and an ended process does no harm', async () => {
  const caller = { pid: 2 ** 22 + 1, uid: 996, line: 'tty1', program: 'console' };
  expect(await personOf(caller)).toBe('console tty1');
});

test.each([
  ['0::/system.slice/zs-console-on-0-4711.service\n', 4711],
  ['1:name=systemd:/system.slice/zs-console-on-tty2-12.service\n0::/\n', 12],
  ['0::/user.slice/user-1000.slice/system.slice/zs-console-on-0-1.service\n', undefined],
  ['0::/system.slice/zs-console.service\n', undefined],
])('%j', (cgroup, pid) => expect(launcherIn(cgroup)).toBe(pid));

test('a script is somebody', async () => {
  const caller = { pid: process.pid, uid: process.getuid?.() ?? 0, line: 'pts/3', program: 'script' };
  expect(await personOf(caller)).toMatch(/^\w+.*, script pts\/3$/);
});
