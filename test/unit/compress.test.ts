import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { compressInto } from '../../src/node/backup/compress.ts';
import { unpackInto } from '../../src/node/backup/dump-text.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zs-compress-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const MEGABYTE = 1024 * 1024;
/** In pieces of an odd size, the second half of which can be compressed. */
function* pieces(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 77_777) yield bytes.subarray(at, at + 77_777);
}

for (const size of [0, 1, MEGABYTE, 5.5 * MEGABYTE]) {
  test(`${size} bytes come back as they were, by gunzip and by us`, async () => {
    const bytes = Buffer.concat([randomBytes(size / 2), Buffer.alloc(size - Math.floor(size / 2), 'log')]);
    const [path, back] = [join(folder, 'a.gz'), join(folder, 'a')];
    let told = 0;
    await compressInto(Readable.from(pieces(bytes)), path, (count) => {
      told = count;
    });
    expect(told).toBe(bytes.length);
    expect(execFileSync('gunzip', ['-c', path], { maxBuffer: 2 * size + 1 }).equals(bytes)).toBe(true);
    await unpackInto(path, await open(back, 'wx'), new AbortController().signal);
    expect(readFileSync(back).equals(bytes)).toBe(true);
  });
}

test('what ends in the middle is no whole file', async () => {
  async function* broken() {
    yield randomBytes(3 * MEGABYTE);
    throw new Error('the source broke off');
  }
  await expect(compressInto(Readable.from(broken()), join(folder, 'a.gz'), () => {})).rejects.toThrow(
    'the source broke off',
  );
});
