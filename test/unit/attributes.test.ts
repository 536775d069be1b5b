import { closeSync, mkdtempSync, openSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readAttribute, writeAttribute } from '../../src/system/posix.ts';

const folder = mkdtempSync(join(tmpdir(), 'attributes-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'file');
/** One that root may set on any machine. */
const NAME = 'trusted.test';

test('an extended attribute is read as it was written; none, and no such file, are undefined', () => {
  writeFileSync(path, '');
  expect([readAttribute(path, NAME), readAttribute(join(folder, 'nowhere'), NAME)]).toEqual([
    undefined,
    undefined,
  ]);
  const fd = openSync(path, 'r+');
  writeAttribute(fd, NAME, Buffer.from('system_u:object_r:etc_t:s0\0'));
  closeSync(fd);
  expect(readAttribute(path, NAME)?.toString()).toBe('system_u:object_r:etc_t:s0\0');
  symlinkSync(path, join(folder, 'link'));
  expect(readAttribute(join(folder, 'link'), NAME)).toBeUndefined();
});
