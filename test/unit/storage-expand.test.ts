import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { compareTrees } from '../../src/node/storage/expand/compare.ts';
import { fstabEntries, heldBefore, isKept, keepMounts } from '../../src/node/storage/expand/fstab.ts';

let folder: string;
let trees: [string, string];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zs-trees-'));
  trees = [join(folder, 'one'), join(folder, 'other')];
  for (const tree of trees) {
    mkdirSync(join(tree, 'in'), { recursive: true });
    writeFileSync(join(tree, 'in', 'file'), 'content');
    linkSync(join(tree, 'in', 'file'), join(tree, 'again'));
    symlinkSync('there', join(tree, 'link'));
  }
  alike();
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What has nothing to do with a difference is the same on both sides. */
const alike = () => {
  for (const tree of trees)
    execFileSync('find', [tree, '-exec', 'touch', '-h', '-d', '2020-01-01', '{}', '+']);
};

const { signal } = new AbortController();
const compared = () => compareTrees(...trees, { signal, bytes: () => undefined });

test('trees that are the same are counted', async () => {
  expect(await compared()).toEqual({ files: 2, bytes: 14 });
});

test.each<[string, (tree: string) => void]>([
  ['what is in it', (tree) => writeFileSync(join(tree, 'in', 'file'), 'contant')],
  ['its size', (tree) => writeFileSync(join(tree, 'in', 'file'), 'more content')],
  ['the files in it', (tree) => writeFileSync(join(tree, 'more'), '')],
  ['the files in it', (tree) => rmSync(join(tree, 'again'))],
  ['its kind or mode', (tree) => execFileSync('chmod', ['600', join(tree, 'again')])],
  ['its hard links', (tree) => execFileSync('sh', ['-c', `cd ${tree} && cp -p again new && mv new again`])],
  ['its target', (tree) => execFileSync('ln', ['-sfn', 'other', join(tree, 'link')])],
])('%s: a difference is named', async (what, change) => {
  change(trees[1]);
  alike();
  await expect(compared()).rejects.toThrow(`is not the same: ${what}`);
});

test('a time that differs is a difference, without a look into the files too', async () => {
  utimesSync(join(trees[1], 'in'), 1, 1);
  await expect(compareTrees(...trees, { signal })).rejects.toThrow('in is not the same: when it was changed');
});

test('fstab gets two lines and loses them again; all others stay to the letter', async () => {
  const places = { fstab: join(folder, 'fstab'), mounts: '/mounts' };
  const others = '# a comment\n\nUUID="1 2" /data   ext4 defaults 0 2  \n';
  writeFileSync(places.fstab, others);
  const id = '12345678-0000-0000-0000-000000000000';
  const ours = { path: '/a folder', id };
  for (const _ of ['once', 'again']) await keepMounts(places, ours, true);
  const text = await readFile(places.fstab, 'utf8');
  expect(text.startsWith(others)).toBe(true);
  expect(text.match(/^\/mounts\/.*\/storage \/a\\040folder none bind,nofail/gm)).toHaveLength(1);
  expect(await isKept(places, '/a folder', id)).toBe(true);
  expect((await fstabEntries(places)).map(({ at }) => at)).toContain(`/mounts/${id}`);
  await keepMounts(places, ours, false);
  expect(await readFile(places.fstab, 'utf8')).toBe(others);
});

test('the lines of a disk are changed for those of another, and back, in their place; one that was changed stays', async () => {
  const places = { fstab: join(folder, 'fstab'), mounts: '/mounts' };
  const row = 'LABEL=old\t/a\\040folder/  ext4  defaults 1 2';
  const lines = `# first\n${row}\n\n/dev/sr0 /media iso9660 noauto 0 0\n`;
  writeFileSync(places.fstab, lines);
  const id = '12345678-0000-0000-0000-000000000000';
  const step = { path: '/a folder', id, from: { uuid: 'old', at: ['/a folder'], rows: [row] } };
  const [entry] = await fstabEntries(places);
  expect(entry).toEqual({ source: 'LABEL=old', at: '/a folder', type: 'ext4', options: ['defaults'], row });
  for (const _ of ['once', 'again']) {
    await keepMounts(places, step, true);
    const text = await readFile(places.fstab, 'utf8');
    expect(text).toMatch(
      /^# first\n# UUID=old held .*\nUUID=.* xfs .*\n.* none bind,.*\n\n\/dev\/sr0 \/media iso9660 noauto 0 0\n$/,
    );
  }
  expect(await heldBefore(places)).toEqual(new Map([['old', '/a folder']]));
  expect(await isKept(places, '/a folder', id)).toBe(true);
  for (const _ of ['once', 'again']) {
    await keepMounts(places, step, false);
    expect(await readFile(places.fstab, 'utf8')).toBe(lines);
  }
  writeFileSync(places.fstab, lines.replace('defaults', 'noatime'));
  await expect(keepMounts(places, step, true)).rejects.toThrow('/etc/fstab was changed meanwhile');
  expect(await readFile(places.fstab, 'utf8')).toBe(lines.replace('defaults', 'noatime'));
});
