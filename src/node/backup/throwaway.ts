import { chmod, chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { startServer } from '../../system/child.ts';
import { mustRun, run } from '../../system/exec.ts';
import { removeTree } from '../../system/files.ts';
import { openAsRoot } from '../database/apply.ts';

const INSTALL_MILLISECONDS = 120_000;
const START_MILLISECONDS = 60_000;
/** The user that the server runs as, where there is one. */
const OWNER = 'mysql';

/**
 * Runs work against an empty database server of its own, which listens on nothing but a socket in `folder` and is
 * gone afterwards, folder and all. It ends with this process in any case.
 */
export async function withThrowawayServer<T>(
  folder: string,
  work: (socket: string) => Promise<T>,
): Promise<T> {
  const [data, temporary, socket] = [join(folder, 'data'), join(folder, 'tmp'), join(folder, 'my.sock')];
  await removeTree(folder);
  try {
    await ownedFolder(folder, data, temporary);
    await mustRun(
      [
        ...['mariadb-install-db', '--no-defaults', `--user=${OWNER}`, `--datadir=${data}`],
        ...[`--tmpdir=${temporary}`, '--auth-root-authentication-method=socket', '--skip-test-db'],
      ],
      { timeout: INSTALL_MILLISECONDS },
    );
    const server = startServer(serverArgv({ folder, data, temporary, socket }), OWNER);
    try {
      await answers(socket, server.ended);
      return await work(socket);
    } finally {
      await server.stop();
    }
  } finally {
    await removeTree(folder);
  }
}

/**
 * Its content is worth nothing after a crash, so nothing is written twice or waited for. A server that starts removes
 * the temporary tables of all servers from its folder for them, those of the live one too if that were the system's.
 */
const serverArgv = ({ folder, data, temporary, socket }: Record<string, string>): string[] => [
  ...['mariadbd', '--no-defaults', `--datadir=${data}`, `--tmpdir=${temporary}`, `--socket=${socket}`],
  ...['--skip-networking', `--pid-file=${folder}/my.pid`, '--skip-log-bin', '--event-scheduler=OFF'],
  ...['--innodb-flush-log-at-trx-commit=0', '--innodb-doublewrite=0', '--innodb-buffer-pool-size=128M'],
  ...['--performance-schema=OFF', '--max-allowed-packet=1G'],
];

async function ownedFolder(...folders: string[]): Promise<void> {
  const [uid = 0, gid = 0] = await Promise.all(['-u', '-g'].map((flag) => idOf(flag)));
  for (const folder of folders) {
    await mkdir(folder, { mode: 0o700 });
    await chmod(folder, 0o700);
    await chown(folder, uid, gid);
  }
}

async function idOf(flag: string): Promise<number> {
  const { code, stdout } = await run(['id', flag, OWNER], { timeout: 10_000 });
  if (code === 0) return Number(stdout);
  throw new Fault('unavailable', say('the database server is not installed', '未安装数据库服务器'));
}

/** Settles when the server answers; throws when it has ended instead, or takes too long. */
async function answers(socket: string, ended: Promise<string>): Promise<void> {
  let why: string | undefined;
  void ended.then((text) => {
    why = text;
  });
  const until = performance.now() + START_MILLISECONDS;
  for (;;) {
    try {
      (await openAsRoot(socket)).close();
      return;
    } catch (thrown) {
      if (why !== undefined) throw notStarted(why);
      if (performance.now() > until) throw thrown;
    }
    await delay(50);
  }
}

const notStarted = (why: string): Fault =>
  new Fault(
    'failed',
    say(`the throw-away server does not start: ${why}`, `临时数据库服务器无法启动：${why}`),
  );
