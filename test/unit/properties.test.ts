import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Properties, readProperties, writeProperties } from '../../src/system/properties.ts';

const FILE = `# of the service
! another remark \\
DB.user = zstack
DB.password=first

  DB.password : a=b#c;d "e" 'f'
management.server.ip\t10.0.0.1
long = one, \\
       two
empty =
key\\ with\\:both = \\u4e2d \\\\ \\ttab
`;

test('reads as Java does', () => {
  const properties = Properties.parse(FILE);
  expect(properties.get('DB.user')).toBe('zstack');
  expect(properties.get('DB.password')).toBe(`a=b#c;d "e" 'f'`);
  expect(properties.get('management.server.ip')).toBe('10.0.0.1');
  expect(properties.get('long')).toBe('one, two');
  expect(properties.get('empty')).toBe('');
  expect(properties.get('key with:both')).toBe('中 \\ \ttab');
  expect(properties.get('absent')).toBeUndefined();
});

test('what is not changed keeps its bytes, also a key that stands there twice', () => {
  expect(Properties.parse(FILE).toString()).toBe(FILE);
  const changed = Properties.parse(FILE).with({ 'DB.password': 'new' }).toString();
  expect(changed).toBe(FILE.replace(`  DB.password : a=b#c;d "e" 'f'`, 'DB.password = new'));
});

test('a new key comes last; an empty file takes one', () => {
  expect(Properties.parse('a = 1').with({ b: '2' }).toString()).toBe('a = 1\nb = 2\n');
  expect(Properties.parse('').with({ b: '2' }).toString()).toBe('b = 2\n');
});

const printable = String.fromCharCode(...Array.from({ length: 95 }, (_, at) => at + 32));

test.each([
  printable,
  '  blanks  ',
  '密码 пароль é 😀',
  '\\',
  'ends\\',
  '#hash',
  'x'.repeat(128),
  '=',
  ':',
  '"',
])('value %s comes back', (value) => {
  const written = Properties.parse('# head\nk = old\n').with({ k: value }).toString();
  expect(written).toMatch(/^[\n -~]*$/);
  expect(Properties.parse(written).get('k')).toBe(value);
});

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'properties-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('written whole, 0640, and nothing is left beside it', async () => {
  const path = join(folder, 'zstack.properties');
  await writeFile(path, FILE, { mode: 0o600 });
  const before = process.umask(0o077);
  await writeProperties(path, (await readProperties(path)).with({ 'DB.user': 'other' }));
  process.umask(before);
  expect((await stat(path)).mode & 0o777).toBe(0o640);
  expect(await readFile(path, 'utf8')).toContain('DB.user = other\n');
  expect(await readdir(folder)).toEqual(['zstack.properties']);
});

test('a file that is missing or no file is said so', async () => {
  await expect(readProperties(join(folder, 'none'))).rejects.toMatchObject({ kind: 'notFound' });
  await expect(readProperties(folder)).rejects.toMatchObject({ kind: 'failed' });
});

test('bytes of another encoding, line ends and a last line without one stay as they are', () => {
  const raw = '# \xd6\xd0\xce\xc4\r\nk = \xe9t\xe9\r\nDB.user = zstack';
  expect(Properties.parse(raw).toString()).toBe(raw);
  const changed = Properties.parse(raw).with({ 'DB.user': 'other', b: '2' }).toString();
  expect(changed).toBe('# \xd6\xd0\xce\xc4\r\nk = \xe9t\xe9\r\nDB.user = other\r\nb = 2\r\n');
  expect(Properties.parse(raw).get('k')).toBe('été');
});

test('a value that was typed as UTF-8 is read as such', () => {
  const raw = Buffer.from('DB.password = 密码é\n').toString('latin1');
  expect(Properties.parse(raw).get('DB.password')).toBe('密码é');
});
