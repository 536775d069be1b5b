import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openStore } from '../../src/management/store/store.ts';
import { copyElsewhere } from '../../src/node/backup/copy/copy.ts';
import type { CopyPlace, CopyState } from '../../src/node/backup/copy/schema.ts';
import { nodeKey } from '../../src/node/backup/copy/set-up.ts';
import { copyFolders } from '../../src/node/backup/copy/setting.ts';
import { upload } from '../../src/node/backup/copy/upload.ts';
import type { BackupDone, Backups } from '../../src/node/backup/schema.ts';
import { Sftp } from '../../src/system/sftp.ts';
import { filesWith } from '../screens/search.ts';
import { World } from './passwords/world.ts';
import { freePort, openFolder } from './servers.ts';
import { Line, SshServer } from './sshd.ts';

const PASSWORD = 'zqCopierWord1';
const WRONG = 'zqWrongWord1';
const NAME = 'zstack-backup-db-2026-01-01_00-30-00.gz';
const NEVER = new AbortController().signal;

let server: SshServer;
let folder: string;
let world: World;

// Accounts, mounts and processes of another machine take root.
describe.skipIf(process.getuid?.() !== 0)('a copy of each backup on another machine', () => {
  beforeAll(async () => {
    server = await SshServer.create(PASSWORD);
  });
  afterAll(() => server.remove());

  beforeEach(async () => {
    folder = openFolder('copy-');
    world = new World({ folder, socket: '/nowhere' });
    await world.write('management.server.ip = 10.0.0.1\n');
    await world.journal.recover();
    await (await openStore(dirname(world.store), undefined)).close();
    return () => {
      rmSync(folder, { recursive: true });
      for (const name of readdirSync(server.home)) rmSync(server.there(name), { recursive: true });
    };
  });

  const ini = () => join(folder, 'node.ini');
  const folders = () => copyFolders(folder, join(folder, 'data'));
  const place = (more: Partial<CopyPlace> = {}): CopyPlace => ({
    address: '127.0.0.1',
    port: server.port,
    user: server.user,
    folder: server.there(),
    ...more,
  });
  const setUp = (more: Partial<CopyPlace> = {}, password = PASSWORD, hostKey = server.fingerprint()) =>
    world.call<CopyState>('database.setCopy', { ...place(more), password, hostKey });
  const backUp = () => world.call<BackupDone>('database.backup', {});
  const told = async () => {
    const { copy: now } = await world.call<Backups>('database.listBackups', {});
    return now.state === 'known' ? now.value?.last : undefined;
  };
  /** A finished backup, to be copied without making one. */
  const dumpOf = (bytes: number) => {
    const path = join(folder, NAME);
    writeFileSync(path, randomBytes(bytes));
    return { path, name: 'zstack-backup-db', keep: 3 };
  };
  const copy = (bytes = 1000, signal = NEVER) =>
    copyElsewhere(folders(), dumpOf(bytes), { signal, progress: () => {} });
  const fault = (call: Promise<unknown>) =>
    call.then(
      () => 'none',
      ({ kind, field, words }) => ({ kind, field, text: words.en }),
    );

  test('set up with the password once; then by the node’s own key, which only root may read', async () => {
    writeFileSync(ini(), 'idle_minutes = 5\n');
    const { hostKey } = await world.call<{ hostKey: string }>('database.copyHostKey', place());
    expect(hostKey).toBe(server.fingerprint());
    await setUp();
    expect(readFileSync(ini(), 'utf8')).toContain(
      `backup_copy = copier@127.0.0.1:${server.port}:${server.there()}\n`,
    );
    expect(readFileSync(ini(), 'utf8')).toContain('idle_minutes = 5\n');
    const key = join(folders().state, 'id_ed25519');
    expect([statSync(key).mode & 0o777, statSync(dirname(key)).mode & 0o777]).toEqual([0o600, 0o700]);
    const keys = join(server.home, '.ssh', 'authorized_keys');
    expect([statSync(keys).mode & 0o777, statSync(dirname(keys)).mode & 0o777]).toEqual([0o600, 0o700]);
    expect(statSync(server.there()).mode & 0o777).toBe(0o700);
    expect(readdirSync(server.there())).toEqual([]);
    const opened = execFileSync(
      'ssh',
      [
        ...['-F', 'none', '-i', key, '-p', String(server.port), '-o', 'StrictHostKeyChecking=no'],
        ...['-o', 'UserKnownHostsFile=/dev/null', '-o', 'BatchMode=yes', '-o', 'LogLevel=ERROR'],
        ...['copier@127.0.0.1', 'echo in'],
      ],
      { encoding: 'utf8' },
    );
    expect(opened).toBe('in\n');
    const done = await backUp();
    const name = done.path.split('/').at(-1) ?? '';
    const to = `copier@127.0.0.1:${server.port}:${server.there()}`;
    expect(done.copy).toEqual({ to, path: join(server.there(), name), removed: [] });
    expect(readFileSync(join(server.there(), name)).equals(readFileSync(done.path))).toBe(true);
    expect(statSync(join(server.there(), name)).mode & 0o777).toBe(0o600);
    const last = await told();
    expect(last).toEqual({ at: expect.any(Number) });
    expect(Math.abs(Date.now() - (last?.at ?? 0))).toBeLessThan(60_000);
  });

  test('a key that is in already is not put in again, and other keys and their file’s mode stay', async () => {
    const keys = join(server.home, '.ssh', 'authorized_keys');
    mkdirSync(dirname(keys));
    writeFileSync(keys, '# ours\nssh-rsa AAAA other', { mode: 0o640 });
    execFileSync('chown', ['-R', '12345:12345', dirname(keys)]);
    await setUp();
    const first = readFileSync(keys, 'utf8');
    expect(first).toMatch(/^# ours\nssh-rsa AAAA other\nssh-ed25519 \S+ zs-node@\S+\n$/);
    await setUp({ folder: server.there('a #;"=中 b') });
    expect(readFileSync(keys, 'utf8')).toBe(first);
    expect(statSync(keys).mode & 0o777).toBe(0o640);
    expect(readdirSync(dirname(keys))).toEqual(['authorized_keys']);
    expect((await copy())?.path).toBe(server.there(`a #;"=中 b/${NAME}`));
  });

  test('wrong password, host key, port, folder, disk: one line that names it, and nothing is set', async () => {
    const before = 'idle_minutes = 5\n';
    writeFileSync(ini(), before);
    writeFileSync(server.there('file'), '');
    const port = await freePort();
    expect(await fault(setUp({}, WRONG))).toEqual({
      kind: 'refused',
      field: 'password',
      text: `127.0.0.1:${server.port} refuses this user or password`,
    });
    expect(await fault(setUp({}, PASSWORD, server.fingerprint('other')))).toMatchObject({
      kind: 'conflict',
      text: expect.stringContaining(`127.0.0.1:${server.port} is not the one that was confirmed`),
    });
    expect(await fault(setUp({ port }))).toMatchObject({
      kind: 'unavailable',
      text: `127.0.0.1:${port} cannot be reached: nothing listens there`,
    });
    expect(await fault(world.call('database.copyHostKey', { address: '127.0.0.1', port }))).toMatchObject({
      kind: 'unavailable',
      text: expect.stringContaining(`127.0.0.1:${port}`),
    });
    const wrong: [string, string][] = [
      [join(server.folder, 'roots', 'x'), 'permission denied'],
      [server.there('file/x'), 'is no folder there'],
      [join(server.folder, 'full'), 'the disk there is full'],
      [join(server.folder, 'read-only'), 'the disk there is read-only'],
    ];
    for (const [path, text] of wrong)
      expect(await fault(setUp({ folder: path })), path).toMatchObject({
        field: 'folder',
        text: expect.stringContaining(text),
      });
    expect(readFileSync(ini(), 'utf8')).toBe(before);
    expect(await copy()).toBeUndefined();
  });

  test('the newest are kept there as here, and what is not ours is left alone', async () => {
    await setUp();
    await world.call('database.setTimetable', { times: '3:00', keep: 2 });
    const own = ['2020-01-01_00-30-00', '2020-01-02_00-30-00', '2090-01-01_00-30-00'].map(
      (stamp) => `zstack-backup-db-${stamp}.gz`,
    );
    const foreign = [
      'mine.gz',
      'zstack-backup-db-2020.gz',
      `${NAME}.bak`,
      'other-2020-01-01_00-30-00.gz.part',
    ];
    for (const name of [...own, ...foreign, `${NAME}.part`])
      writeFileSync(server.there(`backups/${name}`), 'x');
    const made = await backUp();
    expect(made.copy?.removed).toEqual([own[1], own[0]]);
    const left = [...foreign, own[2], made.path.split('/').at(-1)].sort();
    expect(readdirSync(server.there()).sort()).toEqual(left);
  });

  test('the server dies in the middle: the backup is good, the part is no copy, and the next one clears up', async () => {
    const line = await Line.open(server.port);
    try {
      await setUp({ port: line.port });
      await fillStore();
      let killed: Promise<void> | undefined;
      line.carried = (bytes) => {
        if (bytes > 500_000) killed ??= server.kill();
      };
      const cut = await backUp();
      await killed;
      expect(killed).toBeDefined();
      expect(cut.copy).toMatchObject({ why: { en: expect.stringMatching(/connection was lost/) } });
      expect(cut.verified).toMatchObject({ tables: expect.any(Number) });
      execFileSync('gzip', ['-t', cut.path]);
      const name = cut.path.split('/').at(-1);
      expect(readdirSync(server.there())).toEqual([`${name}.part`]);
      expect((await told())?.why?.en).toMatch(/connection was lost/);
      await server.start();
      await copy();
      expect(readdirSync(server.there())).toEqual([NAME]);
      expect((await told())?.why).toBeUndefined();
    } finally {
      line.close();
    }
  });

  test('another host key, a folder that is gone, a disk that is full: the backup says why it is not copied', async () => {
    await setUp();
    await server.kill();
    await server.start('other');
    expect((await backUp()).copy?.why?.en).toContain(`it is ${server.fingerprint('other')} now`);
    await server.kill();
    await server.start('one');
    rmSync(server.there(), { recursive: true });
    expect((await copy())?.why?.en).toContain('there is no such file or folder');
    const text = readFileSync(ini(), 'utf8');
    writeFileSync(ini(), text.replace(server.there(), join(server.folder, 'full')));
    expect((await copy())?.why?.en).toMatch(/the disk there is full: 0 MB free, \d MB needed/);
  });

  test('a server that asks for the password in its own words; what else it may want is said', async () => {
    const again = async (...lines: string[]) => {
      await server.kill();
      await server.start('one', ...lines);
    };
    const asking = ['UsePAM yes', 'PasswordAuthentication no', 'KbdInteractiveAuthentication yes'];
    try {
      await again(...asking);
      expect(await fault(setUp({}, WRONG))).toMatchObject({
        ...{
          kind: 'refused',
          field: 'password',
          text: expect.stringMatching(/refuses this user or password$/),
        },
      });
      await setUp();
      expect((await backUp()).copy).toMatchObject({ removed: [] });
      await again(...asking, 'AuthenticationMethods keyboard-interactive,publickey');
      expect(await fault(setUp())).toMatchObject({
        kind: 'refused',
        text: expect.stringMatching(/more than the password$/),
      });
      await again('PasswordAuthentication no');
      expect(await fault(setUp())).toMatchObject({
        ...{ kind: 'refused', text: expect.stringMatching(/takes no passwords, only: publickey$/) },
      });
      await again('PubkeyAuthentication no');
      await copy();
      expect((await told())?.why?.en).toMatch(/takes no keys, only: password/);
      expect(server.log).not.toContain(PASSWORD);
    } finally {
      await again();
    }
  });

  test('the other side goes silent: given up after the time without progress', async () => {
    const line = await Line.open(server.port);
    try {
      await setUp({ port: line.port });
      const backup = dumpOf(3_000_000);
      const { private: key } = await nodeKey(folders());
      const login = { user: server.user, hostKey: server.fingerprint(), by: { key } };
      using sftp = await Sftp.open({ address: '127.0.0.1', port: line.port }, login, NEVER, 1500);
      let carried = 0;
      line.carried = (bytes) => {
        carried = bytes;
        if (bytes > 1_000_000) line.hold();
      };
      const began = performance.now();
      await expect(upload(sftp, server.there(), backup, () => {})).rejects.toMatchObject({
        kind: 'timeout',
        words: { en: 'no progress for 1.5 s' },
      });
      expect(carried).toBeGreaterThan(1_000_000);
      expect(performance.now() - began).toBeLessThan(30_000);
    } finally {
      line.close();
    }
  });

  test('cancelled with the job', async () => {
    const line = await Line.open(server.port);
    try {
      await setUp({ port: line.port });
      const stop = new AbortController();
      line.carried = (bytes) => {
        if (bytes > 500_000) stop.abort(new Error('cancelled'));
      };
      const done = await copy(3_000_000, stop.signal);
      expect(done?.why?.en).toBe('cancelled');
      expect(existsSync(server.there(`backups/${NAME}`))).toBe(false);
    } finally {
      line.close();
    }
  });

  test('the timetable’s own program copies as well, and tells a failure on stderr', async () => {
    await setUp();
    const data = join(folder, 'whole');
    mkdirSync(join(data, 'lib/management'), { recursive: true });
    execFileSync('cp', [world.store, join(data, 'lib/management/store.sqlite')]);
    execFileSync('cp', ['-r', join(folder, 'data'), join(data, 'data')]);
    mkdirSync(join(data, 'config'));
    execFileSync('cp', [ini(), join(data, 'config/node.ini')]);
    const good = await zsBackup(data);
    expect(good).toMatchObject({ code: 0, stderr: '' });
    expect(readdirSync(server.there())).toEqual([good.stdout.trim().split('/').at(-1)]);
    chmodSync(server.there(), 0o500);
    const bad = await zsBackup(data);
    expect(bad).toMatchObject({ code: 0, stdout: expect.stringMatching(/\.gz\n$/) });
    expect(bad.stderr).toMatch(/^zs-backup: not copied to copier@127\.0\.0\.1.*: permission denied\n$/);
  });

  test('off: the setting goes, the copies stay, and the password was written nowhere', async () => {
    await setUp();
    await setUp({}, WRONG).catch(() => undefined);
    const done = await copy();
    expect(await world.call('database.endCopy', {})).toEqual({ left: place() });
    expect(readFileSync(ini(), 'utf8')).not.toContain('backup_copy');
    expect(existsSync(done?.path ?? '')).toBe(true);
    expect(await copy()).toBeUndefined();
    expect(await fault(world.call('database.endCopy', {}))).toMatchObject({ kind: 'conflict' });
    const secrets = [PASSWORD, WRONG];
    writeFileSync(join(folder, 'data', 'planted'), `x${WRONG}`);
    expect(filesWith(folder, ...secrets)).toEqual([join(folder, 'data', 'planted')]);
    rmSync(join(folder, 'data', 'planted'));
    expect([...filesWith(folder, ...secrets), ...filesWith(server.home, ...secrets)]).toEqual([]);
    expect(world.progress.join()).not.toMatch(PASSWORD);
  });
});

/** Bytes that cannot be packed: enough for an upload to be cut off in its middle. */
async function fillStore(): Promise<void> {
  const store = await openStore(dirname(world.store), undefined);
  const value = () => randomBytes(1e5).toString('hex');
  const rows = Array.from({ length: 16 }, (_, at) => ({ name: `${at}`, value: value() }));
  await store.database.insertInto('setting').values(rows).execute();
  await store.close();
}

function zsBackup(data: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const program = new URL('../../dist/backup.cjs', import.meta.url).pathname;
  const child = spawn(process.execPath, [program, '--data', data]);
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].on('data', (text) => {
      said[name] += text;
    });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, ...said })));
}
