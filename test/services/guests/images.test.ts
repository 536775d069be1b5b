import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ensureCached, removeCached, type WantedImage } from '../../../src/node/image/cache.ts';
import type { ImageSource } from '../../../src/node/image/source.ts';
import { cachedImage, volumePath } from '../../../src/node/storage/local/files.ts';
import { Storages } from '../../../src/node/storage/local/storages.ts';
import { eraseVolume, makeVolume } from '../../../src/node/volume/files.ts';
import { mustRun } from '../../../src/system/exec.ts';

const IMAGE = '6'.repeat(32);
const VOLUME = '7'.repeat(32);
const MEBIBYTE = 2 ** 20;
const watching = { signal: new AbortController().signal, progress() {} };

let folder: string;
let storage: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zs-images-'));
  storage = join(folder, 'storage');
});
afterEach(() => rmSync(folder, { recursive: true }));

const img = (...words: string[]) => mustRun(['qemu-img', ...words], { timeout: 30_000 });

/** A qcow2 file with something in it. */
async function made(name = 'image'): Promise<string> {
  const path = join(folder, name);
  const raw = `${path}.raw`;
  writeFileSync(raw, Buffer.alloc(4 * MEBIBYTE, 'guest'));
  await img('convert', '-O', 'qcow2', raw, path);
  return path;
}

function wanted(path: string, change: Partial<WantedImage> = {}): WantedImage {
  const content = readFileSync(path);
  return {
    image: IMAGE,
    format: 'qcow2',
    bytes: content.length,
    size: 4 * MEBIBYTE,
    checksum: `sha256:${createHash('sha256').update(content).digest('hex')}`,
    ...change,
  };
}

/** A peer that has this file. `asked`: from where on; `most`: bytes until it breaks off. */
function peer(path: string, most = Number.POSITIVE_INFINITY): ImageSource & { asked: number[] } {
  const asked: number[] = [];
  return {
    asked,
    async open(_image, from) {
      asked.push(from);
      const content = readFileSync(path).subarray(from, from + most);
      return Readable.from(content.length === 0 ? [] : [content]);
    },
  };
}

const ensure = (source: ImageSource, image: WantedImage) => ensureCached(source, storage, image, watching);
const inCache = () =>
  existsSync(join(storage, 'imagecache')) ? readdirSync(join(storage, 'imagecache')) : [];

test('an image is fetched once, and answered from then on', async () => {
  const path = await made();
  const source = peer(path);
  const image = wanted(path);
  const first = await ensure(source, image);
  expect(first).toMatchObject({ path: join(storage, 'imagecache', `${IMAGE}.qcow2`), size: 4 * MEBIBYTE });
  expect(readFileSync(first.path).equals(readFileSync(path))).toBe(true);
  expect(statSync(first.path).mode & 0o777).toBe(0o644);
  expect(await ensure(source, image)).toEqual(first);
  expect(source.asked).toEqual([0]);
});

test('what broke off goes on where it was, and what is there is proved with the rest', async () => {
  const path = await made();
  const image = wanted(path);
  await expect(ensure(peer(path, 100_000), image)).rejects.toMatchObject({ kind: 'unavailable' });
  expect(inCache()).toEqual([`${IMAGE}.partial`]);
  const source = peer(path);
  await ensure(source, image);
  expect(source.asked).toEqual([100_000]);
  expect(inCache()).toEqual([`${IMAGE}.qcow2`]);
});

test('a line that is cut is told as such', async () => {
  const path = await made();
  const cut: ImageSource = {
    open: async () =>
      Readable.from(
        (async function* () {
          yield Buffer.alloc(1000);
          throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
        })(),
      ),
  };
  await expect(ensure(cut, wanted(path))).rejects.toMatchObject({
    kind: 'unavailable',
    message: 'the image broke off',
  });
});

test('what a cut left of another file is found out by the checksum, and the next try begins anew', async () => {
  const path = await made();
  const image = wanted(path);
  await expect(ensure(peer(path, 1000), image)).rejects.toThrow();
  writeFileSync(join(storage, 'imagecache', `${IMAGE}.partial`), Buffer.alloc(1000, 'x'));
  await expect(ensure(peer(path), image)).rejects.toMatchObject({ kind: 'conflict', field: 'image' });
  expect(inCache()).toEqual([]);
  await ensure(peer(path), image);
});

test('a peer that has no end is not followed beyond what was said', async () => {
  const path = await made();
  let sent = 0;
  const endless: ImageSource = {
    open: async () =>
      Readable.from(
        (async function* () {
          for (;;) {
            sent += MEBIBYTE;
            yield Buffer.alloc(MEBIBYTE);
          }
        })(),
      ),
  };
  const refused = ensure(endless, wanted(path, { bytes: 3 * MEBIBYTE }));
  await expect(refused).rejects.toMatchObject({ kind: 'conflict' });
  expect(sent).toBeLessThan(40 * MEBIBYTE);
  expect(inCache()).toEqual([`${IMAGE}.partial`]);
});

test('more than the disk holds is not begun', async () => {
  const path = await made();
  const source = peer(path);
  const huge = wanted(path, { bytes: 2 ** 52 });
  await expect(ensure(source, huge)).rejects.toMatchObject({
    kind: 'failed',
    words: { en: expect.stringContaining('the disk is full') },
  });
  expect(source.asked).toEqual([]);
});

const STRANGE: [string, string, (path: string) => Promise<unknown>][] = [
  ['no image at all', 'is no qcow2 image', async (path) => writeFileSync(path, 'hello'.repeat(1000))],
  [
    'one with a backing file',
    'has a backing file',
    (path) => img('create', '-f', 'qcow2', '-u', '-b', '/etc/shadow', '-F', 'raw', path, '4M'),
  ],
  [
    'one with its data elsewhere',
    'has a data file',
    (path) => img('create', '-f', 'qcow2', '-o', `data_file=${path}.data`, path, '4M'),
  ],
  ['one that is cut short', 'cannot be read', async (path) => truncateSync(path, 200_000)],
  ['one of an unknown version', 'version 7', (path) => patch(path, 4, 7)],
  ['one that is encrypted', 'is encrypted', (path) => patch(path, 32, 1)],
  ['one whose tables are nowhere', 'cannot be read', (path) => patch(path, 44, 0x7fff0000)],
  ['one that is larger inside', 'shows a guest', (path) => img('resize', path, '1T')],
];

async function patch(path: string, at: number, value: number): Promise<void> {
  const handle = await open(path, 'r+');
  const word = Buffer.alloc(4);
  word.writeUInt32BE(value);
  await handle.write(word, 0, 4, at);
  await handle.close();
}

test.each(STRANGE)('%s is refused in a line and not kept', async (_what, words, spoil) => {
  const path = await made();
  await spoil(path);
  await expect(ensure(peer(path), wanted(path))).rejects.toMatchObject({
    kind: 'conflict',
    field: 'image',
    words: { en: expect.stringContaining(words) },
  });
  expect(inCache()).toEqual([]);
});

test('a raw image that calls itself qcow2 inside stays raw: nothing in it is believed', async () => {
  const path = join(folder, 'sly');
  await img('create', '-f', 'qcow2', '-u', '-b', '/etc/shadow', '-F', 'raw', path, '4M');
  const cached = await ensure(peer(path), wanted(path, { format: 'raw' }));
  expect(cached.size).toBe(512 * Math.ceil(statSync(path).size / 512));
  const base = await cachedImage(storage, IMAGE);
  expect(base).toEqual({ path: cached.path, format: 'raw' });
  const volume = await makeVolume(storage, VOLUME, 4 * MEBIBYTE, base);
  const info = JSON.parse(await img('info', '--output=json', volume.path)) as Record<string, unknown>;
  expect(info['backing-filename-format']).toBe('raw');
});

test('a volume stands on its image, is made once, and another one is not taken for it', async () => {
  const path = await made();
  await ensure(peer(path), wanted(path));
  const base = await cachedImage(storage, IMAGE);
  const volume = await makeVolume(storage, VOLUME, 8 * MEBIBYTE, base);
  expect(volume).toMatchObject({ path: volumePath(storage, VOLUME), size: 8 * MEBIBYTE });
  await img('compare', '-U', path, volume.path);
  const { ino } = statSync(volume.path);
  await makeVolume(storage, VOLUME, 8 * MEBIBYTE, base);
  expect(statSync(volume.path).ino).toBe(ino);
  await expect(makeVolume(storage, VOLUME, 16 * MEBIBYTE, base)).rejects.toMatchObject({ field: 'volume' });
  await expect(makeVolume(storage, VOLUME, 8 * MEBIBYTE, undefined)).rejects.toMatchObject({
    field: 'volume',
  });
  await expect(makeVolume(storage, '8'.repeat(32), MEBIBYTE, base)).rejects.toMatchObject({ field: 'size' });

  await expect(removeCached(storage, IMAGE)).rejects.toMatchObject({ kind: 'conflict', field: 'image' });
  await eraseVolume(storage, VOLUME);
  await eraseVolume(storage, VOLUME);
  expect(existsSync(volume.path)).toBe(false);
  await removeCached(storage, IMAGE);
  await removeCached(storage, IMAGE);
  expect(inCache()).toEqual([]);
});

/** A file that is closed meanwhile leads nowhere. */
function readlinkIn(pid: number | undefined, fd: string): string {
  try {
    return readlinkSync(`/proc/${pid}/fd/${fd}`);
  } catch {
    return '';
  }
}

test('a volume that a guest uses is not erased', async () => {
  const { path } = await makeVolume(storage, VOLUME, MEBIBYTE, undefined);
  const options = ['-accel', 'tcg', '-S', '-nodefaults', '-display', 'none'];
  const guest = spawn('qemu-system-x86_64', [...options, '-drive', `file=${path},format=qcow2,if=virtio`]);
  const ended = new Promise((resolve) => guest.once('close', resolve));
  try {
    const opened = () => readdirSync(`/proc/${guest.pid}/fd`).map((fd) => readlinkIn(guest.pid, fd));
    await vi.waitFor(() => expect(opened()).toContain(path), { timeout: 60_000 });
    await expect(eraseVolume(storage, VOLUME)).rejects.toMatchObject({ kind: 'conflict', field: 'volume' });
  } finally {
    guest.kill('SIGKILL');
    await ended;
  }
  await eraseVolume(storage, VOLUME);
  expect(existsSync(path)).toBe(false);
});

test('a storage is a folder of its own, by one path, reached over no link', async () => {
  const fstab = join(folder, 'fstab');
  const storages = new Storages(join(folder, 'data'), fstab);
  const room = await storages.connect('1'.repeat(32), join(folder, 'ps'));
  expect(room.available).toBeGreaterThan(0);
  expect(room.total).toBeGreaterThanOrEqual(room.available);
  await storages.connect('1'.repeat(32), join(folder, 'ps'));
  const refused = { kind: 'conflict', field: 'path' };
  await expect(storages.connect('1'.repeat(32), join(folder, 'other'))).rejects.toMatchObject(refused);
  await expect(storages.connect('2'.repeat(32), join(folder, 'ps/below'))).rejects.toMatchObject(refused);
  await mustRun(['ln', '-s', '/etc', join(folder, 'link')], { timeout: 5000 });
  await expect(storages.connect('3'.repeat(32), join(folder, 'link'))).rejects.toMatchObject(refused);
  // Another program finds the same: it is kept.
  expect(await new Storages(join(folder, 'data'), fstab).pathOf('1'.repeat(32))).toBe(join(folder, 'ps'));
  // Whoever asks for its path would write there.
  writeFileSync(fstab, `LABEL=vms ${join(folder, 'ps')} xfs nofail 0 0\n`);
  const away = { kind: 'unavailable', field: 'storage' };
  await expect(storages.pathOf('1'.repeat(32))).rejects.toMatchObject(away);
  writeFileSync(fstab, '');
  await storages.pathOf('1'.repeat(32));
  await storages.disconnect('1'.repeat(32));
  await expect(storages.pathOf('1'.repeat(32))).rejects.toMatchObject({ kind: 'notFound', field: 'storage' });
  expect(existsSync(join(folder, 'ps'))).toBe(true);
});
