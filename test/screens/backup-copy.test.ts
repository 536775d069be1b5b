import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openStore } from '../../src/management/store/store.ts';
import { layoutOf } from '../../src/node/zstack/layout.ts';
import { SshServer } from '../services/sshd.ts';
import { choose, openEntry, refill } from './menu.ts';
import { TestNode } from './node.ts';
import { filesWith } from './search.ts';
import { TestTerminal } from './terminal.ts';

const SYSTEM = 'zqSystemWord1';
const PASSWORD = 'zqCopierWord1';
const WRONG = 'zqWrongWord1';
const CLI = new URL('../../dist/cli.cjs', import.meta.url).pathname;
let node: TestNode;
let server: SshServer;

// A machine of its own to copy to takes root, as the node does.
describe.skipIf(process.getuid?.() !== 0)('Copy elsewhere', () => {
  beforeAll(async () => {
    [node, server] = await Promise.all([TestNode.start({ password: SYSTEM }), SshServer.create(PASSWORD)]);
    await (await openStore(dirname(layoutOf(node.data).store), undefined)).close();
  });
  afterEach(() => node.endConsoles());
  afterAll(async () => {
    await node.end();
    await server.remove();
  });

  const config = () => readFileSync(join(node.places.config, 'node.ini'), 'utf8');

  test('set up, copied to, told and turned off, by keys; the passwords are nowhere', async () => {
    const terminal = await openEntry(node, SYSTEM, 'Backup Database');
    await terminal.see('Copy elsewhere: none');
    terminal.press('f7');
    await terminal.see('Address');
    const { port, user } = server;
    const good = ['127.0.0.1', String(port), user, server.there()];
    for (const [at, word, said] of [
      [0, '192.0.2.999', 'Address: is neither an IP address nor a hostname'],
      [1, '65536', 'Port: is not a number from 1 to 65535'],
      [2, 'a@b', 'User: is not a name'],
      [3, 'backups', 'Folder: is not an absolute path'],
    ] as const) {
      refill(terminal, [...good.with(at, word), WRONG]);
      terminal.press('enter');
      await terminal.see(said);
      for (let back = 0; back < at; back += 1) terminal.press('S-tab');
    }
    const submit = async (secret: string) => {
      refill(terminal, [...good, secret]);
      terminal.press('enter');
      await terminal.see('Is this its host key?');
      expect(terminal.grid()).toContain(server.fingerprint());
    };
    await submit(WRONG);
    terminal.press('n');
    await terminal.see('used once');
    await submit(WRONG);
    terminal.press('y');
    await terminal.see('refuses this user or password');
    terminal.press('enter', 'f7');
    await terminal.see('used once');
    await submit(PASSWORD);
    terminal.press('y');
    await terminal.see('Every backup is copied there from now on.');
    terminal.press('enter');
    await terminal.see(`Copy elsewhere: copier@127.0.0.1 ${server.there()}, none yet`);
    terminal.press('f3');
    await terminal.see('The database is backed up.');
    expect(terminal.grid()).toContain('copied to copier@127.0.0.1');
    terminal.press('enter');
    await terminal.see(/Copy elsewhere: copier@127\.0\.0\.1 \S+, \d{4}-\d\d-\d\d \d\d:\d\d ok/);
    expect(readdirSync(server.there()).length).toBe(1);
    expect(config()).toContain('backup_copy = copier@');
    terminal.press('f7');
    await terminal.see('No copy');
    terminal.press('f8');
    await terminal.see('no longer');
    terminal.press('y');
    await terminal.see('stays');
    expect(config()).not.toContain('backup_copy');
    expect(readdirSync(server.there()).length).toBe(1);
    const secrets = [PASSWORD, WRONG];
    writeFileSync(join(node.data, 'planted'), `x${WRONG}`);
    expect(filesWith(node.data, ...secrets)).toEqual([join(node.data, 'planted')]);
    rmSync(join(node.data, 'planted'));
    expect(filesWith(node.data, ...secrets)).toEqual([]);
  });

  const cli = (password: string, ...words: string[]) => {
    const env = { ...process.env, ZSTACK_COPY_PASSWORD: password };
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [CLI, 'zstack-ctl', ...words, '--data', node.data],
      { env, encoding: 'utf8' },
    );
    return [status, stdout || stderr] as const;
  };

  test('zstack-ctl backup_copy: shown, set with the key confirmed, copied to, turned off', async () => {
    const to = `copier@127.0.0.1:${server.port}:${server.there('by-command')}`;
    expect(cli('', 'backup_copy')).toEqual([0, expect.stringContaining('are not copied to another machine')]);
    expect(cli('', 'backup_copy', '--json')).toEqual([0, 'null\n']);
    expect(cli(PASSWORD, 'backup_copy', '--to', 'copier@127.0.0.1:x')).toEqual([
      2,
      'zstack-ctl: --to is USER@HOST[:PORT]:/FOLDER\n',
    ]);
    expect(cli(PASSWORD, 'backup_copy', '--to', 'copier@127.0.0.1:0:/x')).toEqual([
      2,
      'zstack-ctl: --to: port is not a number from 1 to 65535\n',
    ]);
    const key = server.fingerprint();
    expect(cli(PASSWORD, 'backup_copy', '--to', to)).toEqual([
      2,
      `zstack-ctl: 127.0.0.1 shows the host key ${key}; if that is its key: --host-key ${key}\n`,
    ]);
    const other = server.fingerprint('other');
    expect(cli(PASSWORD, 'backup_copy', '--to', to, '--host-key', other)[1]).toContain(
      'not the one that was confirmed',
    );
    expect(cli(WRONG, 'backup_copy', '--to', to, '--host-key', key)[1]).toContain(
      'refuses this user or password',
    );
    expect(config()).not.toContain('backup_copy');
    const terminal = new TestTerminal({
      argv: [process.execPath, CLI, 'zstack-ctl', 'backup_copy', '--to', to, '--data', node.data],
    });
    await terminal.see(key);
    await terminal.see('Is that its key? [y/N]');
    terminal.type('y');
    terminal.press('enter');
    await terminal.see('password of copier on 127.0.0.1:');
    terminal.type(PASSWORD);
    terminal.press('enter');
    await terminal.see('none was copied yet');
    await terminal.end();
    const dumped = cli('', 'dump_mysql');
    expect(dumped).toEqual([0, expect.stringMatching(/\.gz\ncopied to copier@127/)]);
    expect(cli('', 'backup_copy')[1]).toMatch(/^each backup is copied to copier@.*\nlast copy: \d{4}-/);
    const shown = JSON.parse(cli('', 'backup_copy', '--json')[1]);
    expect(shown).toMatchObject({ place: { user: 'copier', port: server.port }, hostKey: key });
    expect(cli('', 'backup_copy', '--off')).toEqual([0, expect.stringContaining('stays')]);
    expect(cli('', 'backup_copy', '--off')).toEqual([2, 'zstack-ctl: backups are not copied anywhere\n']);
    expect(readdirSync(server.there('by-command')).length).toBe(1);
  });

  test('in Chinese as well', async () => {
    const terminal = node.console({ columns: 80, rows: 24, args: ['--lang', 'zh'] });
    await terminal.see('F2');
    terminal.press('f2');
    await terminal.see('root 密码');
    terminal.type(SYSTEM);
    terminal.press('enter');
    await terminal.see('终端信息');
    await choose(terminal, '备份数据库');
    await terminal.see('异机副本：无');
    terminal.press('f7');
    await terminal.see('密码只用一次');
    expect(terminal.grid()).toMatch(/地址[\s\S]*端口[\s\S]*22[\s\S]*用户[\s\S]*目录[\s\S]*密码/);
  });
});
