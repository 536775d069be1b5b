import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { layoutOf } from '../../src/node/zstack/layout.ts';
import { MariadbServer } from '../services/servers.ts';
import { choose, openEntry } from './menu.ts';
import { TestNode } from './node.ts';
import type { TestTerminal } from './terminal.ts';

const PASSWORD = 'system word';
const MYSQL_ROOT = 'mysql root word';
const NEW = 'brand-new "word" 1';

let node: TestNode;
let server: MariadbServer;

beforeAll(async () => {
  [node, server] = await Promise.all([TestNode.start({ password: PASSWORD }), MariadbServer.create()]);
  const layout = layoutOf(node.data);
  for (const folder of [node.folder, node.data, dirname(layout.databaseSocket)]) chmodSync(folder, 0o711);
  symlinkSync(server.socket, layout.databaseSocket);
  mkdirSync(dirname(layout.properties), { recursive: true });
  const properties = `DB.url = jdbc:mysql://127.0.0.1:${server.port}\nDB.user = zstack\nDB.password = old-word\n`;
  writeFileSync(layout.properties, properties);
  mkdirSync(layout.logs, { recursive: true });
  writeFileSync(join(layout.logs, 'management-server.log'), 'first line\npassword=old-word\nzq end\n');
  using root = await server.root();
  await root.query('CREATE DATABASE zstack');
  await root.query('CREATE TABLE zstack.vm (id INT PRIMARY KEY)');
  await root.query('INSERT INTO zstack.vm VALUES (1), (2)');
  for (const host of ['localhost', '127.0.0.1']) {
    await root.query('CREATE USER ?@? IDENTIFIED BY ?', ['zstack', host, 'old-word']);
  }
  await root.query(
    'ALTER USER root@localhost IDENTIFIED VIA mysql_native_password USING PASSWORD(?) OR unix_socket',
    [MYSQL_ROOT],
  );
});
afterEach(() => node.endConsoles());
afterAll(async () => {
  await node.end();
  await server.remove();
});

const entry = (label: string): Promise<TestTerminal> => openEntry(node, PASSWORD, label);

function fillIn(terminal: TestTerminal, words: readonly string[]): void {
  for (const word of words) {
    terminal.type(word);
    terminal.press('tab');
  }
  terminal.press('enter');
}

test('MySQL password of the service: form, Y, and the new one holds', async () => {
  const terminal = await entry('Change Passwords');
  await terminal.see('MySQL zstack');
  await choose(terminal, 'MySQL zstack');
  await terminal.see('New again');
  fillIn(terminal, ['wrong word', NEW, NEW]);
  await terminal.see('<Y>');
  terminal.press('y');
  await terminal.see('wrong MySQL root password');
  expect(await server.opens('zstack', 'old-word')).toBe(true);
  // What was right stays: only the wrong one is typed again.
  terminal.type(MYSQL_ROOT);
  terminal.press('enter');
  await terminal.see('<Y>');
  terminal.press('y');
  await terminal.see('The password is changed.');
  expect([await server.opens('zstack', 'old-word'), await server.opens('zstack', NEW)]).toEqual([
    false,
    true,
  ]);
  expect(readFileSync(layoutOf(node.data).properties, 'utf8')).toContain(`DB.password = ${NEW}\n`);
});

test('a backup is made, proven and handed out', async () => {
  const terminal = await entry('Backup Database');
  await terminal.see('no backup yet');
  terminal.press('f3');
  await terminal.see('The database is backed up.');
  expect(terminal.grid()).toContain('proven: 1 tables, 2 rows');
  const { backups } = layoutOf(node.data);
  expect(readdirSync(backups).length).toBe(1);
});

const count = async () => {
  using root = await server.root();
  return Number((await root.query('SELECT COUNT(*) AS count FROM zstack.vm'))[0]?.count);
};

test('a backup is put back: password, plan, phrase, and what was there is kept', async () => {
  {
    using root = await server.root();
    await root.query('INSERT INTO zstack.vm VALUES (3)');
  }
  const terminal = await entry('Backup Database');
  await terminal.see('MySQL');
  terminal.press('enter');
  await terminal.see('MySQL root password');
  fillIn(terminal, ['wrong word']);
  await terminal.see('wrong MySQL root password');
  fillIn(terminal, [MYSQL_ROOT]);
  await terminal.see('Type restore database to confirm');
  expect(terminal.grid()).toContain('1. loading the dump beside the live database');
  expect(terminal.grid()).toContain('3. dumping the database as it is now');
  terminal.type('restore');
  terminal.press('enter');
  await terminal.see('That is not it');
  expect(await count()).toBe(3);
  terminal.press('C-u');
  terminal.type('restore database');
  terminal.press('enter');
  await terminal.see('The database is restored.');
  expect(terminal.grid()).toContain('zstack-before-restore-');
  expect(await count()).toBe(2);
});

/** Fills the form of the timetable in, the cursor being in its first field, and sends it off. */
function setTimes(terminal: TestTerminal, times: string, keep: string): void {
  for (const text of [times, keep]) {
    terminal.press('C-u');
    terminal.type(text);
    terminal.press('tab');
  }
  terminal.press('enter');
}

test('the timetable: bad input is named and changes nothing, good input is what systemd reads', async () => {
  const file = join(layoutOf(node.data).units, 'zs-backup.timer.d', 'timetable.conf');
  const terminal = await entry('Backup Database');
  await terminal.see('daily at 00:30 12:30, the newest 14 are kept');
  terminal.press('f6');
  await terminal.see('Daily at');
  for (const [times, keep, problem] of [
    ['25:00', '14', 'Daily at: 25:00 is no time of day such as 00:30'],
    ['00:30 noon', '14', 'noon is no time of day'],
    [' , ', '14', 'at least one time'],
    ['00:30', '0', 'Dumps kept: must be 1 or more'],
    ['00:30', 'many', 'Dumps kept: must be a number'],
  ] as const) {
    setTimes(terminal, times, keep);
    await terminal.see(problem);
    // The cursor stands in the field that is wrong.
    if (problem.startsWith('Dumps kept')) terminal.press('tab');
  }
  setTimes(terminal, '12:30 0:30', '14');
  await terminal.see('Nothing would change');
  terminal.press('enter');
  await terminal.gone('Nothing would change');
  terminal.press('f6');
  await terminal.see('Daily at');
  setTimes(terminal, '4:15, 23:45', '3');
  await terminal.see('dumped daily at 04:15 23:45');
  expect(existsSync(file)).toBe(false);
  terminal.press('y');
  await terminal.see('daily at 04:15 23:45, the newest 3 are kept');
  const spec = /^OnCalendar=(.+)$/gm;
  const calendars = [...readFileSync(file, 'utf8').matchAll(spec)].map(([, calendar = '']) => calendar);
  expect(calendars.length).toBe(2);
  const told = execFileSync('systemd-analyze', ['calendar', ...calendars], { encoding: 'utf8' });
  expect(told.match(/Normalized form: \*-\*-\* (04:15|23:45):00/g)?.length).toBe(2);
});

test('logs are collected, and read on the screen without their secrets', async () => {
  const terminal = await entry('Collect Logs');
  await terminal.see('Logs written in the last hour');
  terminal.press('enter');
  await terminal.see('The logs are collected.');
  expect(terminal.grid()).toContain('collect-');
});

test('a log is followed on the screen without its secrets', async () => {
  const terminal = await entry('View Logs');
  await terminal.see('management-server.log');
  terminal.press('down', 'down');
  terminal.press('enter');
  await terminal.see('zq end');
  expect(terminal.grid()).toContain('password=***');
  expect(terminal.grid()).not.toContain('old-word');
});

test('services: without systemd it is said so', async () => {
  const terminal = await entry('Start/Stop/Restart');
  await terminal.see('Restart');
  terminal.press('enter');
  await terminal.see('start zstack');
  terminal.type('start zstack');
  terminal.press('tab');
  terminal.type('ticket 4711');
  terminal.press('enter');
  await terminal.gone('Type start zstack');
  await terminal.see('<Enter> Close');
  expect(terminal.grid()).toContain('systemd does not run here');
});

test('the changes on this node are told with who, when, why and what came of them', async () => {
  const terminal = await entry('View Logs');
  await terminal.see('Changes on this node');
  terminal.press('enter');
  await terminal.see(/\d\d:\d\d:\d\d +Start the services +\(console pts/);
  expect(terminal.grid()).toMatch(/Reason: ticket 4711\s+! .*systemd does not run here/);
  expect(terminal.grid()).toContain('Restore the database');
  expect(terminal.grid()).not.toContain(NEW);
});
