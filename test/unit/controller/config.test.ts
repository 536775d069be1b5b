import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readConfig } from '../../../src/controller/config.ts';
import { readRole } from '../../../src/system/role.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zs-config-'));
});
afterEach(() => rm(folder, { recursive: true }));

const settings = async (text: string) => {
  await writeFile(join(folder, 'node.ini'), text);
  return readConfig(folder);
};

test('without a file everything has its default', async () => {
  expect(await readConfig(folder)).toMatchObject({ idleSeconds: 600 });
  expect(await readRole(folder)).toBe('management');
});

test('settings are read, remarks and empty values are not', async () => {
  const text = '; a remark\nidle_minutes = 5\nmanagement_address=192.0.2.4 ; ours\nmanagement_nic =\n';
  expect(await settings(text)).toMatchObject({ idleSeconds: 300, managementAddress: '192.0.2.4' });
  expect(await settings(text)).not.toHaveProperty('managementNic');
});

test.each(['0', '121', '1.5', 'never', '-1'])('idle_minutes = %s is refused by name', async (value) => {
  await expect(settings(`idle_minutes = ${value}\n`)).rejects.toThrow('idle_minutes');
});

test('the role file holds one word', async () => {
  await writeFile(join(folder, 'role'), 'storage\n');
  expect(await readRole(folder)).toBe('storage');
  await writeFile(join(folder, 'role'), 'kitchen\n');
  await expect(readRole(folder)).rejects.toThrow('kitchen is no role');
});
