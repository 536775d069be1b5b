import { execFileSync, spawn } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { layoutOf } from '../../src/node/zstack/layout.ts';
import { MariadbServer, until } from '../services/servers.ts';
import { choose, openEntry } from './menu.ts';
import { TestNode } from './node.ts';
import { filesWith, watchProcesses } from './search.ts';

/** Words that occur nowhere else, so that finding one means that it leaked. */
const WORDS = {
  system: 'zqSystemWord1',
  newSystem: 'zqSystemWord2',
  mysqlRoot: 'zqMysqlRoot1',
  newMysqlRoot: 'zqMysqlRoot2',
  service: 'zqService1',
  newService: 'zqService2',
  broker: 'zqBroker1',
  wrong: 'zqWrong1',
};
const ALL = Object.values(WORDS);

let node: TestNode;
let server: MariadbServer;

beforeAll(async () => {
  [node, server] = await Promise.all([TestNode.start({ password: WORDS.system }), MariadbServer.create()]);
  const layout = layoutOf(node.data);
  for (const folder of [node.folder, node.data, dirname(layout.databaseSocket)]) chmodSync(folder, 0o711);
  symlinkSync(server.socket, layout.databaseSocket);
  for (const folder of [dirname(layout.properties), layout.logs, layout.systemLogs])
    mkdirSync(folder, { recursive: true });
  const settings = {
    'DB.url': `jdbc:mysql://127.0.0.1:${server.port}`,
    'DB.user': 'zstack',
    'DB.password': WORDS.service,
    'CloudBus.rabbitmqPassword': WORDS.broker,
  };
  const lines = Object.entries(settings).map(([key, value]) => `${key} = ${value}\n`);
  writeFileSync(layout.properties, lines.join(''));
  using root = await server.root();
  await root.query('CREATE DATABASE zstack');
  await root.query('CREATE TABLE zstack.vm (id INT PRIMARY KEY)');
  for (const host of ['localhost', '127.0.0.1']) {
    await root.query('CREATE USER ?@? IDENTIFIED BY ?', ['zstack', host, WORDS.service]);
  }
  await root.query(
    'ALTER USER root@localhost IDENTIFIED VIA mysql_native_password USING PASSWORD(?) OR unix_socket',
    [WORDS.mysqlRoot],
  );
  await root.query('SET GLOBAL general_log_file = ?', [join(server.folder, 'run', 'general.log')]);
  await root.query('SET GLOBAL general_log = 1');
});
afterAll(async () => {
  await node.end();
  await server.remove();
});

/** What this node may keep: its configuration as written, and the copies of /etc that belong to no program of ours. */
const leaks = (...words: string[]): string[] =>
  [...filesWith(node.folder, ...words), ...filesWith(join(server.folder, 'run'), ...words)].filter(
    (path) => path !== layoutOf(node.data).properties,
  );

async function changePassword(password: string, kind: string, words: string[], end: string): Promise<void> {
  const terminal = await openEntry(node, password, 'Change Passwords');
  await terminal.see('System root');
  await choose(terminal, kind);
  await terminal.see('New again');
  for (const word of words) {
    terminal.type(word);
    terminal.press('tab');
  }
  terminal.press('enter');
  await terminal.see('<Y>');
  terminal.press('y');
  await terminal.see(end);
  await node.endConsoles();
}

test('the search finds what is planted: in a log, in an archive, in a database log, in a process', async () => {
  const [log, archive] = [join(node.data, 'planted.log'), join(node.data, 'planted.tar.gz')];
  writeFileSync(log, `x${WORDS.newService}x`);
  execFileSync('tar', ['-C', node.data, '-czf', archive, 'planted.log']);
  expect(leaks(...ALL).sort()).toEqual([log, archive].sort());
  for (const path of [log, archive]) rmSync(path);
  using root = await server.root();
  await root.query(`SELECT '${WORDS.wrong}'`);
  expect(leaks(WORDS.wrong)).toEqual([join(server.folder, 'run', 'general.log')]);
  await root.query('SET GLOBAL general_log = 0');
  rmSync(join(server.folder, 'run', 'general.log'));
  await root.query('SET GLOBAL general_log = 1');
  const sleeper = spawn('sh', ['-c', 'sleep 60; :', WORDS.wrong]);
  const watched = watchProcesses(ALL);
  await until(async () => (processesShow(WORDS.wrong) ? true : undefined));
  await until(async () => watched.seen().length > 0 || undefined);
  watched.stop();
  expect(watched.seen()).toEqual([WORDS.wrong]);
  sleeper.kill();
  await until(async () => (processesShow(WORDS.wrong) ? undefined : true));
});

const processesShow = (word: string): boolean =>
  execFileSync('ps', ['axeww', '-o', 'args'], { encoding: 'latin1', maxBuffer: 1e8 }).includes(word);

test('passwords changed, database dumped and put back, logs collected: none of the words is anywhere', {
  timeout: 500_000,
}, async () => {
  const watched = watchProcesses(ALL);
  const layout = layoutOf(node.data);
  const { system, newSystem, mysqlRoot, newMysqlRoot, newService, wrong } = WORDS;
  await changePassword(system, 'MySQL zstack', [wrong, newService, newService], 'wrong MySQL root password');
  await changePassword(
    system,
    'MySQL zstack',
    [mysqlRoot, newService, newService],
    'The password is changed.',
  );
  await changePassword(
    system,
    'MySQL root',
    [mysqlRoot, newMysqlRoot, newMysqlRoot],
    'The password is changed.',
  );
  await changePassword(
    system,
    'System root',
    [system, newSystem, newSystem],
    'The password of root is changed.',
  );

  // A program that is careless with the words that the configuration holds.
  appendFileSync(
    join(layout.logs, 'management-server.log'),
    `login as zstack with ${newService}, broker ${WORDS.broker}\n`,
  );
  const terminal = await openEntry(node, newSystem, 'Backup Database');
  await terminal.see('no backup yet');
  terminal.press('f3');
  await terminal.see('The database is backed up.');
  terminal.press('enter');
  // In the list: its name stands in the window that was closed as well.
  await terminal.see(/> \d{4}-\d\d-\d\d .*zstack-backup-db-/);
  terminal.press('enter');
  await terminal.see('MySQL root password');
  terminal.type(newMysqlRoot);
  terminal.press('enter');
  await terminal.see('Type restore database');
  terminal.type('restore database');
  terminal.press('enter');
  await terminal.see('The database is restored.');
  await node.endConsoles();
  const again = await openEntry(node, newSystem, 'Collect Logs');
  await again.see('Logs written in the last hour');
  again.press('enter');
  await again.see('The logs are collected.', 90_000);
  await node.endConsoles();

  const samples = watched.stop();
  expect(samples).toBeGreaterThan(20);
  expect(watched.seen()).toEqual([]);
  // The careless program's own log is not ours; what was collected of it is.
  const own = join(layout.logs, 'management-server.log');
  expect(leaks(...ALL)).toEqual([own]);
  const archives = readdirSync(layout.exports, { recursive: true, encoding: 'utf8' });
  expect(archives.some((name) => name.endsWith('.tar.gz'))).toBe(true);
  expect(filesWith(layout.exports, 'login as zstack with ***, broker ***').length).toBe(2);
});
