import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { beforeEach, expect, test } from 'vitest';
import { copyParts, copyPlace, copyText } from '../../src/node/backup/copy/schema.ts';
import { copyPlan, readCopySetting, setCopyIn } from '../../src/node/backup/copy/setting.ts';
import { settingIn } from '../../src/system/node-ini.ts';
import { makeSshKey, ownSshKey } from '../../src/system/ssh-key.ts';
import { DOING } from '../fakes/doing.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'copy-'));
  return () => rmSync(folder, { recursive: true });
});

const PLACE = { address: '10.0.0.9', port: 22, user: 'zs', folder: '/srv/backups' };
const HOST_KEY = `SHA256:${'a'.repeat(43)}`;

test('a key pair is one, every time: some generators fail once in some hundred', () => {
  for (let time = 0; time < 600; time += 1) {
    const key = makeSshKey();
    const [own, open] = [ssh2.utils.parseKey(key.private), ssh2.utils.parseKey(key.public)];
    if (own instanceof Error || open instanceof Error) throw own;
    expect(open.verify(Buffer.from('text'), own.sign(Buffer.from('text')))).toBe(true);
  }
});

test('it is made once, for root alone, and OpenSSH reads it', async () => {
  const path = join(folder, 'keys', 'id');
  const made = await ownSshKey(path);
  expect(await ownSshKey(path)).toEqual(made);
  expect([statSync(path).mode & 0o777, statSync(join(folder, 'keys')).mode & 0o777]).toEqual([0o600, 0o700]);
  expect(execFileSync('ssh-keygen', ['-y', '-f', path], { encoding: 'utf8' }).trim()).toBe(made.public);
  writeFileSync(path, 'no key');
  await expect(ownSshKey(path)).rejects.toThrow('damaged');
});

test.each([
  [PLACE, 'zs@10.0.0.9:/srv/backups'],
  [{ ...PLACE, port: 2222, address: 'backup.example' }, 'zs@backup.example:2222:/srv/backups'],
  [{ ...PLACE, address: '2001:db8::9' }, 'zs@[2001:db8::9]:/srv/backups'],
  [{ ...PLACE, port: 2222, address: '::1', folder: '/a@b:c/d' }, 'zs@[::1]:2222:/a@b:c/d'],
])('%j as text and back', (place, text) => {
  expect(copyText(place)).toBe(text);
  expect(copyParts(text)).toEqual(place);
});

test.each([
  '',
  'zs@10.0.0.9',
  'zs@10.0.0.9:srv',
  '10.0.0.9:/srv',
  'zs@::1:/srv',
  'zs@h:x:/srv',
  'zs@[::1]/srv',
])('%j is no place', (text) => expect(copyParts(text)).toBeUndefined());

test.each([
  ['address', ['', '10.0.0.256', '010.0.0.1', '10.0.0.9/24', 'a b', 'a\nb', '-x', '::g', 'fe80::1%eth0']],
  ['port', ['0', '65536', '-1', '22.5', '0x16', '2 2', 'ssh']],
  ['user', ['', 'a b', 'a@b', '-x', 'a:b', 'a\nb', 'a/b', 'x'.repeat(65)]],
  [
    'folder',
    ['', 'srv', '/', '//', '/a\nb', '/a\u0000b', '/a\u202eb', '/a/../b', '/./a', `/${'x'.repeat(1024)}`],
  ],
])('%s: what is wrong with it is said at that field', (field, values) => {
  for (const value of values) {
    const { error } = copyPlace.safeParse({ ...PLACE, [field]: value });
    expect(error?.issues[0]?.path, JSON.stringify(value)).toEqual([field]);
  }
});

test('one spelling of it', () => {
  expect(copyPlace.parse({ ...PLACE, address: '2001:DB8::0:9', port: ' 22 ', folder: '//srv//b/' })).toEqual({
    ...PLACE,
    address: '2001:db8::9',
    folder: '/srv/b',
  });
  expect(copyPlace.parse({ ...PLACE, port: undefined }).port).toBe(22);
});

test('in node.ini and out of it, whatever the folder is called, with all other lines as they were', async () => {
  const ini = join(folder, 'node.ini');
  const { apply, undo, settle } = setCopyIn(folder);
  const before = '# ours\nidle_minutes = 5\n';
  for (const name of ['/srv/backups', '/a b', '/a;b', '/a#b', '/a=b', '/"a"', "/'a'", '/a\\;b', '/中文']) {
    writeFileSync(ini, before);
    const setting = { place: { ...PLACE, folder: name }, hostKey: HOST_KEY };
    const [step] = copyPlan(null, setting).steps;
    if (step === undefined) throw new Error('no step');
    expect(await settle(step, DOING)).toBe('not done');
    await apply(step, DOING);
    expect(await readCopySetting(folder), name).toEqual(setting);
    expect(await settle(step, DOING)).toBe('done');
    expect(await settingIn(folder, 'idle_minutes')).toBe('5');
    await undo(step, DOING);
    expect(readFileSync(ini, 'utf8')).toBe(before);
  }
  expect(await readCopySetting(folder)).toBeUndefined();
});

test.each(['backup_copy = zs@10.0.0.9:/srv', 'backup_copy = zs@10.0.0.9:srv\nbackup_copy_host_key = x'])(
  'by hand and wrong: %j is said, with the name of the setting',
  async (text) => {
    writeFileSync(join(folder, 'node.ini'), text);
    await expect(readCopySetting(folder)).rejects.toMatchObject({
      kind: 'conflict',
      words: { en: expect.stringContaining('node.ini: backup_copy') },
    });
  },
);

test('the driver’s bundle needs nothing beside itself', () => {
  copyFileSync(new URL('../../dist/ssh2.cjs', import.meta.url), join(folder, 'ssh2.cjs'));
  const program = "const { Client } = require('./ssh2.cjs'); console.log(typeof new Client().connect)";
  expect(execFileSync(process.execPath, ['-e', program], { cwd: folder, encoding: 'utf8' })).toBe(
    'function\n',
  );
});
