import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sentFor } from '../../../src/management/resource/account/password.ts';
import { TestTerminal } from '../../screens/terminal.ts';
import { ApiWorld, HEADER } from './world.ts';

const CLI = fileURLToPath(new URL('../../../dist/zstack-cli.cjs', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'shell-home-'));
let world: ApiWorld;
let terminal: TestTerminal;

beforeAll(async () => {
  world = await ApiWorld.start('embedded');
  terminal = new TestTerminal({
    argv: [process.execPath, CLI, '-H', '127.0.0.1', '-p', String(world.port)],
    ...{ columns: 90, rows: 24, env: { ...process.env, HOME: home } },
  });
});
afterAll(async () => {
  await terminal.end();
  await world.end();
  rmSync(home, { recursive: true });
});

const sessionFile = () => join(home, '.zstack/cli', `session-127.0.0.1-${world.port}`);

/** Two lines at once are two calls: the second is typed while the first one is carried out. */
test('somebody logs in, makes a zone with the help of Tab, reads by pages and leaves', async () => {
  await terminal.see('>>>');
  terminal.type('LogInByAccount accountName=admin');
  terminal.press('enter');
  await terminal.see('password:');
  terminal.type('password');
  terminal.press('enter');
  await terminal.see('"accountUuid"');
  terminal.type('createzone');
  terminal.press('tab');
  await terminal.see('>>> CreateZone');
  terminal.type('name="zone one"');
  terminal.press('enter');
  await terminal.see('"name": "zone one"');

  terminal.type('cluster');
  terminal.press('tab');
  await terminal.see('GetCandidateZonesClustersHostsForCreatingVm');
  await terminal.see('>>> cluster');
  terminal.press('C-c');
  terminal.type('QueryGlobalConfig');
  terminal.press('enter');
  await terminal.see(/\d% {2}blank: on/);
  terminal.type('q');
  await terminal.gone('blank: on');

  terminal.type('UpdateAccount password=planted description=words');
  terminal.press('enter');
  await terminal.see('"description": "words"');
  terminal.press('up');
  await terminal.see('>>> UpdateAccount description=words');
  terminal.press('C-c');
  terminal.type('nothing');
  terminal.press('enter');
  await terminal.see('there is no nothing');
  terminal.type(`save ${join(home, 'answer.json')}`);
  terminal.press('enter');
  terminal.type('exit');
  terminal.press('enter');
  expect((await terminal.exited).exitCode).toBe(0);
  expect(JSON.parse(readFileSync(join(home, 'answer.json'), 'utf8'))).toMatchObject({ success: true });
  const history = join(home, '.zstack', 'cli', 'history');
  expect(readFileSync(history, 'utf8')).not.toContain('planted');
  expect(statSync(history).mode & 0o777).toBe(0o600);
});

test('a terminal for log-ins: wrong words leave it, right ones open it, and the session ends with it', async () => {
  const open = () =>
    new TestTerminal({
      argv: [process.execPath, CLI, '-H', '127.0.0.1', '-p', String(world.port), '--log-in=guest'],
      ...{ columns: 90, rows: 24, env: { ...process.env, HOME: home } },
    });
  await world.logIn('planted');
  await world.rpc(`${HEADER}.identity.APICreateAccountMsg`, { name: 'guest', password: sentFor('word') });
  const wrong = open();
  await wrong.see('password:');
  wrong.type('other');
  wrong.press('enter');
  await wrong.see('ID.1000');
  expect(await wrong.exited).toMatchObject({ exitCode: 3 });
  const right = open();
  await right.see('password:');
  right.type('word');
  right.press('enter');
  await right.see('>>>');
  const session = readFileSync(sessionFile(), 'utf8').trim();
  right.type('exit');
  right.press('enter');
  expect(await right.exited).toMatchObject({ exitCode: 0 });
  expect(existsSync(sessionFile())).toBe(false);
  const told = await world.rpc(`${HEADER}.zone.APIQueryZoneMsg`, { session: { uuid: session } });
  expect(told.error?.code).toBe('ID.1001');
});
