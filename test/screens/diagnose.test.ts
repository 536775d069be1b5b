import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Finding } from '../../src/node/diagnose/schema.ts';
import { type Layout, layoutOf } from '../../src/node/zstack/layout.ts';
import { openEntry } from './menu.ts';
import { TestNode } from './node.ts';

const PASSWORD = 'system word';
let node: TestNode;
let layout: Layout;

beforeAll(async () => {
  node = await TestNode.start({ password: PASSWORD, settings: 'management_nic = em77\n' });
  layout = layoutOf(node.data);
  mkdirSync(dirname(layout.properties), { recursive: true });
  writeFileSync(layout.properties, 'DB.password = hidden-word\nconsoleProxyOverriddenIp = 198.51.100.7\n');
  mkdirSync(layout.systemLogs, { recursive: true });
  const line = "vm-1: cannot acquire state change lock, password 'hidden-word'";
  writeFileSync(join(layout.systemLogs, 'zstack-kvmagent.log'), `fine\n${line}\nfine\n`);
  mkdirSync(dirname(layout.licence), { recursive: true });
  writeFileSync(layout.licence, 'type = paid\n');
  // The embedded store of a service that has run, and no backup of it.
  mkdirSync(dirname(layout.store), { recursive: true });
  writeFileSync(layout.store, '');
  const fstab = join(node.folder, 'etc/fstab');
  writeFileSync(fstab, 'server:/smp /opt/smp/disk1 nfs defaults 0 0\n');
});
afterEach(() => node.endConsoles());
afterAll(() => node.end());

/** What zstack-ctl tells of it, by key. */
function findings(): Map<string, Finding> {
  const cli = new URL('../../dist/cli.cjs', import.meta.url).pathname;
  const argv = [cli, 'zstack-ctl', 'diagnose', '--json', '--data', node.data];
  const { stdout } = spawnSync(process.execPath, argv, { encoding: 'utf8' });
  return new Map((JSON.parse(stdout) as Finding[]).map((finding) => [finding.key, finding]));
}

test('planted troubles are found, each with evidence and remedy, secrets masked', () => {
  const found = findings();
  const expected: [key: string, evidence: string][] = [
    ['management-nic', 'expected em77'],
    ['declared-mounts', '/opt/smp/disk1'],
    ['console-address', '198.51.100.7'],
    ['licence', "no publisher's key"],
    ['state-lock', 'cannot acquire state change lock'],
    ['management-status', 'Stopped'],
    ['backup', 'there is none'],
  ];
  for (const [key, evidence] of expected) {
    expect(found.get(key), key).toMatchObject({ state: 'bad', remedy: { en: expect.any(String) } });
    expect(found.get(key)?.evidence.en).toContain(evidence);
  }
  expect(JSON.stringify([...found.values()])).not.toContain('hidden-word');
  expect(found.get('memory')?.state).toBe('good');
});

test('on the screen nothing is cut: remedies are read whole at 80x24', async () => {
  const terminal = await openEntry(node, PASSWORD, 'Diagnose', { columns: 80, rows: 24 });
  await terminal.see('need attention');
  terminal.press('home');
  const seen = new Set<string>();
  await terminal.gone('more above');
  for (;;) {
    // A picture comes in pieces.
    await pause(200);
    const grid = terminal.grid();
    for (const row of grid.split('\n')) seen.add(row.replace(/[│]/g, ' ').trim());
    if (!grid.includes('more below')) break;
    terminal.press('pagedown');
    await terminal.until(() => terminal.grid() !== grid);
  }
  const text = [...seen].join(' ').replace(/\s+/g, ' ');
  expect(text).toContain('remove its stale pid file');
});

test('a start that fails shows what is wrong on this node', async () => {
  const terminal = await openEntry(node, PASSWORD, 'Start/Stop/Restart', { columns: 100, rows: 50 });
  await terminal.see('Restart');
  terminal.press('enter');
  await terminal.see('Type start zstack');
  terminal.type('start zstack');
  terminal.press('enter');
  await terminal.see('systemd does not run here');
  terminal.press('home');
  await terminal.see('looking for the cause');
  await terminal.see('expected em77');
});
