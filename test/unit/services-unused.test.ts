import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { unusedServers } from '../../src/node/services/unused.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zs-unused-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function unusedWith(text: string): Promise<[string, string][]> {
  const path = join(folder, 'zstack.properties');
  await writeFile(path, text);
  return Object.entries(await unusedServers(path)).map(([key, words]) => [key, words.en]);
}

test('settings that lead to no server, to another machine, and to this one', async () => {
  expect(await unusedWith('')).toEqual([
    ['database', 'not used, the service keeps its own store'],
    ['broker', 'not used, messages stay in the service'],
  ]);
  expect(
    await unusedWith('DB.url = jdbc:mysql://192.0.2.77:3306\nCloudBus.serverIp.0 = mq.example\n'),
  ).toEqual([
    ['database', 'not used, the service goes to 192.0.2.77'],
    ['broker', 'not used, the service goes to mq.example'],
  ]);
  expect(
    await unusedWith('DB.url = jdbc:mysql://127.0.0.1:3306\nCloudBus.serverIp.0 = [::1]:5672\n'),
  ).toEqual([]);
  expect(
    await unusedWith(
      'DB.url = jdbc:mysql://127.0.0.1\nCloudBus.serverIp.0 = mq.example\nCloudBus.serverIp.1 = 127.0.0.1:5673\n',
    ),
  ).toEqual([]);
});

test('a setting that cannot be read says nothing about its server', async () => {
  expect(await unusedWith('DB.url = anything\n')).toEqual([
    ['broker', 'not used, messages stay in the service'],
  ]);
  expect(Object.keys(await unusedServers(join(folder, 'none')))).toEqual(['database', 'broker']);
  expect(await unusedServers(folder)).toEqual({});
});
