import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { same } from '../../../src/api/words.ts';
import { Board } from '../../../src/node/facts/board.ts';
import { NOT_READ } from '../../../src/node/facts/not-read.ts';
import type { DiskFact } from '../../../src/node/facts/schema.ts';
import type { Supplier } from '../../../src/node/facts/supplier.ts';
import { disksSupplier } from '../../../src/node/storage/disks.ts';
import { foldersOf } from '../../../src/node/storage/folders.ts';

const asked = vi.hoisted(() => [] as string[]);
const answers = vi.hoisted(() => new Map<string, () => Promise<object>>());
vi.mock('node:fs/promises', () => ({
  statfs: (path: string) => {
    asked.push(path);
    return answers.get(path)?.() ?? Promise.reject(new Error(`not expected: ${path}`));
  },
}));

const IDENTITY = { role: 'compute', hostname: 'h', version: '1', os: 'o', kernel: 'k' } as const;
const GIB = 2 ** 30;
const mount = (place: string, options = 'rw', type = 'ext4') =>
  `1 1 8:1 / ${place} ${options} - ${type} /dev/x ${options}`;
const MOUNTS = [mount('/'), mount('/nfs1'), mount('/nfs2'), mount('/nfs3'), mount('/frozen', 'ro')].join(
  '\n',
);

/** Sizes in GiB; `reserved` is root's own. */
const space =
  (total: number, free: number, reserved = 0) =>
  async () => ({
    ...{ bsize: GIB, blocks: total, bfree: free + reserved, bavail: free },
  });
const never = () => new Promise<object>(() => {});
const missing = (path: string) => async () => {
  throw Object.assign(new Error('ENOENT'), { code: 'ENOENT', path });
};

let board: Board;

function readerOf(...paths: string[]): Supplier {
  board = new Board({ ...NOT_READ, identity: IDENTITY }, () => ({}));
  const folders = paths.map((path) => ({ key: 'storage', label: same(path), path, needs: 2 * GIB }) as const);
  return disksSupplier(
    board,
    () => MOUNTS,
    () => folders,
  );
}
/** One reading, with the time that hanging file systems are given. */
async function read(supplier: Supplier): Promise<DiskFact[]> {
  const reading = supplier.start?.();
  await vi.advanceTimersByTimeAsync(60_000);
  await reading;
  return board.facts.disks;
}

beforeEach(() => {
  vi.useFakeTimers();
  asked.length = 0;
  answers.clear();
});
afterEach(() => void vi.useRealTimers());

test.each([
  ['plenty', space(100, 50), false],
  ['nine tenths used', space(100, 10), true],
  ['just less than nine tenths', space(100, 11), false],
  ['root’s reserve is nobody’s: of the other 95 nine tenths are used', space(100, 9, 5), true],
  ['less than what its next use needs', space(10, 1), true],
  ['an empty size', space(0, 0), true],
])('nearly full: %s', async (_, answer, nearlyFull) => {
  answers.set('/data', answer);
  expect((await read(readerOf('/data')))[0]?.nearlyFull).toBe(nearlyFull);
});

test('sizes in bytes, and whether it is mounted read-only', async () => {
  answers.set('/data', space(100, 50, 5));
  answers.set('/frozen/data', space(10, 5));
  const [data, frozen] = await read(readerOf('/data', '/frozen/data'));
  expect(data?.space).toEqual({
    state: 'known',
    value: { total: 100 * GIB, free: 50 * GIB, readOnly: false },
  });
  expect(frozen?.space).toMatchObject({ value: { readOnly: true } });
});

test('while the mounts cannot be read, each folder says why and keeps its last size', async () => {
  const emfile = () => {
    throw Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' });
  };
  let readText = (): string => emfile();
  board = new Board({ ...NOT_READ, identity: IDENTITY }, () => ({}));
  const folders = [
    { key: 'storage', label: same('/data'), path: '/data' } as const,
    { key: 'storage', label: same('none'), path: undefined } as const,
  ];
  const supplier = disksSupplier(
    board,
    () => readText(),
    () => folders,
  );
  expect((await read(supplier)).map(({ space }) => space)).toMatchObject([
    { state: 'unknown', why: { en: 'EMFILE: too many open files' } },
    { state: 'unknown', why: { en: 'not configured' } },
  ]);
  readText = () => MOUNTS;
  answers.set('/data', space(100, 50));
  await read(supplier);
  readText = emfile;
  await supplier.polls?.[0]?.read();
  expect(board.facts.disks[0]?.space).toMatchObject({
    state: 'stale',
    value: { free: 50 * GIB },
    why: { en: 'EMFILE: too many open files' },
  });
});

test('a folder that is not there says so, and one that was there before is no longer known', async () => {
  answers.set('/data', space(100, 50));
  const supplier = readerOf('/data');
  await read(supplier);
  answers.set('/data', missing('/data'));
  expect((await read(supplier))[0]?.space).toMatchObject({
    state: 'unknown',
    why: { en: 'does not exist' },
  });
});

test('one that hangs keeps its last size, is asked no more, and holds up nobody', async () => {
  answers.set('/nfs1', space(100, 50));
  answers.set('/data', space(100, 50));
  const supplier = readerOf('/nfs1', '/data');
  await read(supplier);
  answers.set('/nfs1', never);
  const [hanging, other] = await read(supplier);
  expect(hanging?.space).toMatchObject({
    state: 'stale',
    value: { free: 50 * GIB },
    why: { en: '/nfs1 does not answer' },
  });
  expect(other?.space.state).toBe('known');
  asked.length = 0;
  await read(supplier);
  expect(asked).toEqual(['/data']);
});

test('while one is waited for, what is known of the others is shown', async () => {
  answers.set('/data', space(100, 50));
  answers.set('/nfs1', never);
  const reading = readerOf('/data', '/nfs1', '/').start?.();
  await vi.advanceTimersByTimeAsync(1000);
  expect(board.facts.disks.map(({ space }) => space)).toMatchObject([
    { state: 'known' },
    { state: 'unknown', why: { en: 'not read yet' } },
    { state: 'unknown', why: { en: 'not read yet' } },
  ]);
  await vi.advanceTimersByTimeAsync(60_000);
  await reading;
});

test('an answer that is there when a held-up program gets to look counts', async () => {
  const patience = 5000;
  const late = () => new Promise<object>((resolve) => setTimeout(() => resolve(space(100, 50)()), patience));
  answers.set('/data', late);
  expect((await read(readerOf('/data')))[0]?.space.state).toBe('known');
});

test('readings that overlap share one question, and none calls the other’s a silence', async () => {
  let answer = (_: object) => {};
  answers.set('/data', () => new Promise((resolve) => (answer = resolve)));
  const supplier = readerOf('/data');
  const readings = [supplier.start?.(), supplier.polls?.[0]?.read()];
  await vi.advanceTimersByTimeAsync(1000);
  expect(board.facts.disks).toEqual([]);
  answer(await space(100, 50)());
  await Promise.all(readings);
  expect(asked).toEqual(['/data']);
  expect(board.facts.disks.map(({ space: { state } }) => state)).toEqual(['known']);
});

test('its answer, when it comes, is taken up again', async () => {
  let answer = (_: object) => {};
  answers.set('/nfs1', () => new Promise((resolve) => (answer = resolve)));
  const supplier = readerOf('/nfs1');
  expect((await read(supplier))[0]?.space).toMatchObject({ state: 'unknown' });
  answer({});
  await vi.advanceTimersByTimeAsync(1);
  answers.set('/nfs1', space(100, 50));
  expect((await read(supplier))[0]?.space.state).toBe('known');
});

test('two that hang are the most that are waited for: of the rest only those that answered before are asked', async () => {
  answers.set('/data', space(100, 50));
  const first = readerOf('/data', '/nfs1', '/nfs2', '/nfs3');
  for (const path of ['/nfs1', '/nfs2', '/nfs3']) answers.set(path, never);
  const disks = await read(first);
  expect(disks.map(({ space: { state } }) => state)).toEqual(['known', 'unknown', 'unknown', 'unknown']);
  expect(asked).toEqual(['/data', '/nfs1', '/nfs2']);
});

test('each role has its folders; a development run has its own; what is not configured has no path', () => {
  const keys = (role: 'management' | 'compute' | 'storage') =>
    foldersOf({ role, mounts: [] }).map(({ key, path }) => `${key} ${path}`);
  expect(keys('management')).toEqual([
    ...['install /usr/local/zstack', 'logs /var/log', 'backup /var/lib/zstack/mysql-backup'],
    ...['database /var/lib/mysql', 'root /'],
  ]);
  expect(keys('compute')).toEqual([
    'install /usr/local/zstack',
    'logs /var/log',
    'storage undefined',
    'root /',
  ]);
  const whole = { root: '/', numbers: '8:16', readOnly: false };
  const shared = { mountPoint: '/shared', type: 'ocfs2', source: '/dev/sdb', ...whole };
  expect(foldersOf({ role: 'storage', mounts: [shared] }).map(({ path }) => path)).toContain('/shared');
  const own = foldersOf({ role: 'management', dataDir: '/dev-run', mounts: [] }).slice(0, -1);
  expect(own.every(({ path }) => path?.startsWith('/dev-run/'))).toBe(true);
});
