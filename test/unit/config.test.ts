import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readConfig, settingTroubles } from '../../src/node/system-settings/config.ts';
import { setInNodeIni } from '../../src/system/node-ini.ts';
import { readRole } from '../../src/system/role.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zs-config-'));
});
afterEach(() => rm(folder, { recursive: true }));

const settings = async (text: string | Buffer) => {
  await writeFile(join(folder, 'node.ini'), text);
  return readConfig(folder);
};

test('without a file everything has its default', async () => {
  expect(await readConfig(folder)).toEqual({
    idleSeconds: 600,
    networkEvidence: 45,
    networkCountdown: 60,
    followVersion: true,
    troubles: [],
  });
  expect(await readRole(folder)).toEqual({ role: 'management' });
  expect(await settingTroubles(folder)).toEqual([]);
});

test('settings are read, remarks and empty values are not', async () => {
  const text = '; a remark\nidle_minutes = 5\nmanagement_address=192.0.2.4 ; ours\nmanagement_nic =\n#\n';
  const config = await settings(text);
  expect(config).toMatchObject({ idleSeconds: 300, managementAddress: '192.0.2.4', troubles: [] });
  expect(config).not.toHaveProperty('managementNic');
});

describe('what makes no sense is said by name, and takes nothing else along', () => {
  test.each([
    ...[
      '0',
      '121',
      '240',
      '1.5',
      'never',
      '-1',
      '10m',
      '10 min',
      '0x10',
      '1e1',
      '１０',
      '99999999999999999999',
    ].map((value) => [`idle_minutes = ${value}`, 'idle_minutes']),
    ['network_evidence_seconds = 45s', 'network_evidence_seconds'],
    ['network_countdown_seconds = 6', 'network_countdown_seconds'],
    ['blank_minutes = off', 'blank_minutes'],
    ['management_address = 192.0.2.4/24', 'management_address'],
    ['management_nic = em 01', 'management_nic'],
    ['management_node = a b', 'management_node'],
    ['primary_storage = pool', 'primary_storage'],
    ['backup_copy = nas', 'backup_copy'],
    ['idle_minuts = 5', 'idle_minuts'],
    ['IDLE_MINUTES = 5', 'IDLE_MINUTES'],
    ['idle_minutes[] = 240', 'idle_minutes[]'],
    ['idle_minutes 5', 'idle_minutes 5'],
    ['[node]', '[node]'],
    ['[node] ; old', '[node]'],
    ['x\u001b[2J = 1', 'x?[2J'],
    ['idle_minutes = \u009b5m', '?5m'],
  ])('%s', async (line, named) => {
    const config = await settings(
      `${line}\nprimary_storage = /pool\n`.replace(/^(primary_storage = pool)\n.*/, '$1'),
    );
    expect(config).toMatchObject({ idleSeconds: 600, networkEvidence: 45, networkCountdown: 60 });
    expect(config.primaryStorage).toBe(line === 'primary_storage = pool' ? undefined : '/pool');
    expect(config).not.toHaveProperty('managementAddress');
    expect(config.troubles).toHaveLength(1);
    expect(config.troubles[0]?.en).toContain(named);
    expect(config.troubles[0]?.zh).toContain(named);
    expect(config.troubles[0]?.en).toMatch(/^node\.ini: /);
  });

  test.each([
    ['a mark that editors put first', '\ufeffidle_minutes = 5\n'],
    ['line ends of another system', 'idle_minutes = 5\r\n'],
    ['quotes', "idle_minutes = '5'\n"],
    ['stated twice', 'idle_minutes = 240\nidle_minutes = 5\n'],
  ])('%s makes sense', async (_what, text) => {
    expect(await settings(text)).toMatchObject({ idleSeconds: 300, troubles: [] });
  });

  test('what stands below a head holds', async () => {
    const config = await settings('[node]\nidle_minutes = 5\n[net.work]\nmanagement_nic = em01\n');
    expect(config).toMatchObject({ idleSeconds: 300, managementNic: 'em01' });
    expect(config.troubles).toHaveLength(2);
  });

  test('a file that cannot be read, or is no text at all', async () => {
    await mkdir(join(folder, 'node.ini'));
    expect((await readConfig(folder)).troubles[0]?.en).toMatch(/node\.ini is not read: .*the defaults hold$/);
    await rm(join(folder, 'node.ini'), { recursive: true });
    expect((await settings(Buffer.from('idle_minutes = 5\n', 'utf16le'))).troubles).not.toEqual([]);
    const large = await settings(`#${'x'.repeat(70_000)}`);
    expect(large).toMatchObject({
      idleSeconds: 600,
      troubles: [{ en: expect.stringContaining('larger than') }],
    });
  });

  test('once it was right, what held then holds', async () => {
    const before = await settings('management_nic = em01\nidle_minutes = 5\n');
    await writeFile(join(folder, 'node.ini'), 'management_nic = em 01\n');
    const now = await readConfig(folder, before);
    expect(now).toMatchObject({ managementNic: 'em01', idleSeconds: 600 });
    expect(now.troubles).toHaveLength(1);
    await writeFile(join(folder, 'node.ini'), '');
    expect(await readConfig(folder, before)).not.toHaveProperty('managementNic');
  });
});

test('a setting is written into a file with a mark and a head so that it is read', async () => {
  await writeFile(join(folder, 'node.ini'), '\ufeff[node]\nidle_minutes = 5\nprimary_storage = /pool\n');
  await setInNodeIni(folder, 'idle_minutes', '7');
  await setInNodeIni(folder, 'management_nic', 'em01');
  expect(await readConfig(folder)).toMatchObject({
    ...{ idleSeconds: 420, managementNic: 'em01', primaryStorage: '/pool' },
  });
  expect(await readFile(join(folder, 'node.ini'), 'utf8')).toContain('[node]\nidle_minutes = 7\n');
});

test('the role file holds one word', async () => {
  for (const text of ['storage\n', '\ufeffstorage\r\n']) {
    await writeFile(join(folder, 'role'), text);
    expect(await readRole(folder)).toEqual({ role: 'storage' });
  }
  await writeFile(join(folder, 'role'), 'kit\u001b[mchen\n');
  expect(await readRole(folder)).toMatchObject({
    role: 'management',
    trouble: { en: expect.stringContaining('"kit?[mchen" is no role') },
  });
  await rm(join(folder, 'role'));
  await mkdir(join(folder, 'role'));
  expect((await settingTroubles(folder))[0]?.en).toContain('taken for a management node');
});
