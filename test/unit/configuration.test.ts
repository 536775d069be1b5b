import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { saveCopy } from '../../src/node/zstack/configuration.ts';
import { configureManagement } from '../../src/node/zstack/schema.ts';

test('a copy of the settings into something that is no folder is refused by name', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'copy-'));
  try {
    const file = join(folder, 'zstack.properties');
    writeFileSync(file, 'a = b\n');
    await expect(saveCopy(file, file)).rejects.toMatchObject({
      kind: 'usage',
      field: 'folder',
      words: { en: `${file} is not a folder` },
    });
    await expect(saveCopy(file, join(file, 'below'))).rejects.toMatchObject({
      kind: 'usage',
      field: 'folder',
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

const MARK = { 'management.server.ip': '192.0.2.7' };
test.each([
  [{}, /names no setting/],
  [{ ...MARK, 'a b': 'x' }, /is no name of a setting/],
  [{ ...MARK, name: 'two\nlines' }, /has control characters/],
  [{ ...MARK, 'DB.password': 'x' }, /passwords are changed by/],
])('settings %j are refused', (settings, why) => {
  const { success, error } = configureManagement.input.safeParse({ settings });
  expect([success, error?.message]).toEqual([false, expect.stringMatching(why)]);
  expect(configureManagement.input.safeParse({ settings: MARK }).success).toBe(true);
});
