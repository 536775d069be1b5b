import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { say } from '../../src/api/words.ts';
import { COMMANDS } from '../../src/cli/zstack-ctl/commands.ts';
import { statusLines, uiLine } from '../../src/cli/zstack-ctl/status.ts';
import type { ManagementStatus } from '../../src/node/services/schema/management.ts';
import { statusOf } from '../../src/node/services/status.ts';
import { layoutOf } from '../../src/node/zstack/layout.ts';

const status = (more: Partial<ManagementStatus> = {}): ManagementStatus => ({
  home: '/usr/local/zstack/apache-tomcat/webapps/zstack',
  properties: '/p',
  logConfiguration: '/l',
  pidFile: '/pid',
  logFile: '/log',
  management: { state: 'Running', pid: 18418 },
  ui: { state: 'Running', pid: 7, url: 'http://172.20.14.154:5000' },
  version: '2.2.0',
  detail: 'embedded store, in-process messages',
  ...more,
});

test('the words and their order are those that other programs read', () => {
  expect(statusLines(status())).toEqual([
    'ZSTACK_HOME: /usr/local/zstack/apache-tomcat/webapps/zstack',
    'zstack.properties: /p',
    'log4j2.xml: /l',
    'PID file: /pid',
    'log file: /log',
    'MN status: Running [PID:18418]',
    'UI status: Running [PID:7] http://172.20.14.154:5000',
    'version: 2.2.0 (embedded store, in-process messages)',
  ]);
});

test.each([
  [{ state: 'Stopped' }, 'MN status: Stopped'],
  [{ state: 'Starting', pid: 3 }, 'MN status: Starting, should be ready in a few seconds'],
  [{ state: 'Unknown', pid: 3, why: say('why', '为何') }, 'MN status: Unknown [PID:3]: why'],
] as const)('%j', (management, line) => expect(statusLines(status({ management }))[5]).toBe(line));

test('the UI line alone', () =>
  expect(uiLine(status({ ui: { state: 'Stopped' } }))).toBe('UI status: Stopped'));

test('a process that systemd sees but that does not answer is unknown, not running', async () => {
  const parts = { layout: layoutOf('/nowhere'), version: '1', address: async () => undefined, apiPort: 1 };
  const seen = await statusOf({ ...parts, unit: async () => ({ active: 'active', pid: 5 }) });
  expect(seen.management).toMatchObject({
    state: 'Unknown',
    pid: 5,
    why: { en: expect.stringContaining('port 1') },
  });
  const starting = await statusOf({ ...parts, unit: async () => ({ active: 'activating', pid: 5 }) });
  expect(starting.management).toEqual({ state: 'Starting', pid: 5 });
  for (const sub of ['auto-restart', 'auto-restart-queued']) {
    const failing = await statusOf({ ...parts, unit: async () => ({ active: 'activating', sub, pid: 0 }) });
    expect(failing.management).toMatchObject({
      state: 'Unknown',
      why: { en: expect.stringContaining('fails') },
    });
  }
  for (const active of ['reloading', 'refreshing', 'deactivating']) {
    const seen = await statusOf({ ...parts, unit: async () => ({ active, pid: 5 }) });
    expect(seen.management, active).toMatchObject({ state: 'Unknown', pid: 5 });
  }
  const none = await statusOf({ ...parts, unit: async () => undefined });
  expect(none.management).toEqual({ state: 'Stopped' });
});

test('an IPv6 address stands in brackets in the URL of the web UI', async () => {
  const page = createServer((_, response) => response.end('page')).listen(0, '127.0.0.1');
  await once(page, 'listening');
  try {
    const { port } = page.address() as AddressInfo;
    const parts = { layout: layoutOf('/nowhere'), version: '1', apiPort: 1, uiPort: port };
    const unit = async () => ({ active: 'active', pid: 5 });
    const seen = await statusOf({ ...parts, unit, address: async () => 'fd00:10::5' });
    expect(uiLine(seen)).toBe(`UI status: Running [PID:5] http://[fd00:10::5]:${port}`);
  } finally {
    page.close();
  }
});

test('every command has a name of its own', () => {
  expect(new Set(COMMANDS.map(({ name }) => name)).size).toBe(COMMANDS.length);
});
