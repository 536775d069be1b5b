import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { placesOf } from '../../../src/api/places.ts';
import { removeLeftovers } from '../../../src/controller/leftovers.ts';
import { layoutOf } from '../../../src/node/zstack/layout.ts';

const DRAFT = '.0123456789ab.tmp';
const OLDER_DRAFT = '.ba9876543210.tmp';

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'zs-leftovers-'));
});
afterEach(() => rm(dataDir, { recursive: true }));

/** A folder with a whole file, a draft of just now, one of an earlier boot, and two files that only look like one. */
async function plant(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const names = ['whole.json', '.short.tmp', `${DRAFT}.json`, DRAFT, OLDER_DRAFT];
  for (const name of names) await writeFile(join(folder, name), 'half');
  await utimes(join(folder, OLDER_DRAFT), 0, 0);
  return folder;
}

const REST = ['.short.tmp', `${DRAFT}.json`, 'whole.json'].sort();
const found = async (folder: string) => (await readdir(folder)).sort();

test('half-written drafts go where only the controller writes; where others do, only those of an earlier boot', async () => {
  const places = placesOf(dataDir);
  const jobs = await plant(join(places.data, 'jobs'));
  const guard = await plant(join(places.data, 'guard'));
  const properties = await plant(dirname(layoutOf(dataDir).properties));
  await removeLeftovers(places, () => {});
  expect(await found(jobs)).toEqual(REST);
  expect(await found(guard)).toEqual([...REST, DRAFT].sort());
  expect(await found(properties)).toEqual([...REST, DRAFT].sort());
});

test('folders that are not there yet are nothing to speak of', async () => {
  const log: string[] = [];
  await removeLeftovers(placesOf(dataDir), (text) => log.push(text));
  expect(log).toEqual([]);
});
