import { readdirSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openStore } from '../../src/management/store/store.ts';
import { layoutOf } from '../../src/node/zstack/layout.ts';
import { choose } from './menu.ts';
import { TestNode } from './node.ts';
import type { TestTerminal } from './terminal.ts';

const PASSWORD = 'system word';
let node: TestNode;

beforeAll(async () => {
  node = await TestNode.start({ password: PASSWORD });
  const store = await openStore(dirname(layoutOf(node.data).store), undefined);
  await store.database.insertInto('setting').values({ name: 'word', value: 'dumped' }).execute();
  await store.close();
});
afterEach(() => node.endConsoles());
afterAll(() => node.end());

async function backups(options: { columns: number; rows: number; args?: string[] }): Promise<TestTerminal> {
  const terminal = node.console(options);
  await terminal.see('F2');
  terminal.press('f2');
  await terminal.see(/Root password|root 密码/);
  terminal.type(PASSWORD);
  terminal.press('enter');
  await terminal.see(/Terminal Info|终端信息/);
  await choose(terminal, /Backup Database|备份数据库/);
  return terminal;
}

function withStore<T>(use: (store: DatabaseSync) => T): T {
  const store = new DatabaseSync(layoutOf(node.data).store);
  try {
    return use(store);
  } finally {
    store.close();
  }
}

const word = () => withStore((store) => store.prepare('SELECT value FROM setting').get()?.value);

test('the embedded store is dumped and put back by the same keys, without a MySQL password', async () => {
  const terminal = await backups({ columns: 80, rows: 24 });
  await terminal.see('no backup yet');
  terminal.press('f3');
  await terminal.see('The database is backed up.');
  expect(terminal.grid()).toMatch(/proven: \d+ tables, \d+ rows/);
  // A path that is longer than the window goes on in the next row.
  expect(terminal.grid()).toMatch(/_\d\d-\d\d-\d\d\.gz/);
  withStore((store) => store.exec("UPDATE setting SET value = 'live'"));
  terminal.press('enter');
  await terminal.see(/> .*embedded .*zstack-backup-db-[\d_-]+\.gz/);
  terminal.press('enter');
  await terminal.see('Type restore database to confirm');
  // Somebody puts another file there meanwhile.
  const [name = ''] = readdirSync(layoutOf(node.data).backups);
  utimesSync(join(layoutOf(node.data).backups, name), 0, 0);
  terminal.type('restore database');
  terminal.press('enter');
  await terminal.see('the node changed meanwhile: look again');
  expect(word()).toBe('live');
  terminal.type('restore database');
  terminal.press('enter');
  await terminal.see('The database is restored.');
  expect(terminal.grid()).toContain('was stopped and still is');
  expect(word()).toBe('dumped');
  terminal.press('enter');
  await terminal.see('zstack-before-restore-');
  expect(readdirSync(layoutOf(node.data).backups).length).toBe(2);
});

test('in Chinese as well', async () => {
  const terminal = await backups({ columns: 160, rows: 50, args: ['--lang', 'zh'] });
  await terminal.see('每天 00:30 12:30，保留最新 14 份');
  terminal.press('enter');
  await terminal.see('请输入 restore database 以确认');
  expect(terminal.grid()).toContain('3. 备份当前数据库');
  terminal.press('escape');
  terminal.press('f6');
  await terminal.see('保留份数');
});
