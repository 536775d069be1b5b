import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { saveCopy } from '../../src/node/zstack/configuration.ts';

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
