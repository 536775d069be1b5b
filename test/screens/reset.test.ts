import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openStore } from '../../src/management/store/store.ts';
import { type Layout, layoutOf } from '../../src/node/zstack/layout.ts';
import { openEntry } from './menu.ts';
import { TestNode } from './node.ts';
import type { TestTerminal } from './terminal.ts';

const PASSWORD = 'system word';
const SIZE = { columns: 100, rows: 37 };

/** Types a phrase and submits it. */
function say(terminal: TestTerminal, phrase: string): void {
  terminal.press('end', 'C-u');
  terminal.type(phrase);
  terminal.press('enter');
}

describe('management', () => {
  let node: TestNode;
  let layout: Layout;

  beforeAll(async () => {
    node = await TestNode.start({ password: PASSWORD });
    layout = layoutOf(node.data);
    mkdirSync(dirname(layout.properties), { recursive: true });
  });
  beforeEach(async () => {
    writeFileSync(layout.properties, 'management.server.ip = 192.0.2.1\nown = 1\n');
    const store = await openStore(layout.state, undefined);
    await store.database.deleteFrom('setting').execute();
    await store.database.insertInto('setting').values({ name: 'a', value: 'live' }).execute();
    await store.close();
  });
  afterEach(() => node.endConsoles());
  afterAll(() => node.end());

  async function settings(): Promise<number> {
    const store = await openStore(layout.state, undefined);
    const { length } = await store.database.selectFrom('setting').select('id').execute();
    await store.close();
    return length;
  }

  const open = (label: string) => openEntry(node, PASSWORD, label, SIZE);
  const dumpOn = (terminal: TestTerminal) =>
    join(layout.backups, /zstack-before-reset-[\d_-]+\.gz/.exec(terminal.grid())?.[0] ?? 'none');

  test('only the phrase itself resets; the database stays and the dump is shown', async () => {
    const terminal = await open('Reset ZStack Service');
    await terminal.see('Type reset zstack to confirm');
    say(terminal, 'Reset ZStack');
    await terminal.see('Capital and small letters differ');
    say(terminal, 'reset');
    await terminal.see('That is not it');
    expect(readFileSync(layout.properties, 'utf8')).toContain('own = 1');
    say(terminal, 'reset zstack');
    await terminal.see('The service is reset; the database stayed.', 30_000);
    expect(existsSync(dumpOn(terminal))).toBe(true);
    expect(await settings()).toBe(1);
    expect(readFileSync(layout.properties, 'utf8')).toBe('management.server.ip = 192.0.2.1\n');
  });

  test('the other phrase empties the database, after a proved dump of it', async () => {
    const terminal = await open('Reset ZStack Service & Drop');
    await terminal.see('EXTREMELY DANGEROUS');
    say(terminal, 'reset zstack');
    await terminal.see('That is not it');
    say(terminal, 'reset zstack drop database');
    await terminal.see('its database is empty');
    expect(terminal.grid()).toMatch(/proven: \d+ tables, \d+ rows/);
    expect(existsSync(dumpOn(terminal))).toBe(true);
    expect(await settings()).toBe(0);
  });
});

describe('compute', () => {
  const SETTINGS = 'idle_minutes = 9\nmanagement_node = 192.0.2.10\n';
  const ini = (node: TestNode) => readFileSync(join(node.places.config, 'node.ini'), 'utf8');

  let started: TestNode | undefined;
  afterEach(() => started?.end());

  async function reset(machine?: string): Promise<{ node: TestNode; terminal: TestTerminal }> {
    const node = await TestNode.start({
      role: 'compute',
      password: PASSWORD,
      settings: SETTINGS,
      ...(machine === undefined ? {} : { machine }),
    });
    started = node;
    const terminal = await openEntry(node, PASSWORD, 'Reset ZStack Service', SIZE);
    await terminal.see('VMs must be gone');
    say(terminal, 'reset zstack');
    return { node, terminal };
  }

  test('while nobody can tell whether VMs are here it stays in its cluster', async () => {
    const { node, terminal } = await reset();
    await terminal.see('nobody can tell whether VMs are here');
    expect(ini(node)).toBe(SETTINGS);
  });

  test('without a hypervisor it leaves', async () => {
    const { node, terminal } = await reset(new URL('own-machine.sh', import.meta.url).pathname);
    await terminal.see('This node has left the cluster.');
    expect(terminal.grid()).toContain('It belonged to 192.0.2.10.');
    expect(ini(node)).toBe('idle_minutes = 9\n');
  });
});
