import { chmod, chown, mkdir, writeFile } from 'node:fs/promises';
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
  settings: string,
  work: (socket: string) => Promise<T>,
): Promise<T> {
  const [data, temporary, socket] = [join(folder, 'data'), join(folder, 'tmp'), join(folder, 'my.sock')];
  await removeTree(folder);
  try {
    await ownedFolder(folder, data, temporary);
    // Where keys are is nobody's to read on a command line.
    const file = join(folder, 'my.cnf');
    await writeFile(file, settings, { mode: 0o600 });
    await chown(file, ...(await owner()));
    await mustRun(
      [
        ...['mariadb-install-db', `--defaults-file=${file}`, `--user=${OWNER}`, `--datadir=${data}`],
        ...[`--tmpdir=${temporary}`, '--auth-root-authentication-method=socket', '--skip-test-db'],
      ],
      { timeout: INSTALL_MILLISECONDS },
    );
    const server = startServer(serverArgv({ folder, data, temporary, socket, file }), OWNER);
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

/** What decides which tables can be made at all. */
const DECIDING = [
  ...['innodb_strict_mode', 'innodb_page_size', 'innodb_default_row_format', 'innodb_file_per_table'],
  ...['innodb_encrypt_tables', 'innodb_default_encryption_key_id', 'innodb_compression_default'],
  ...['innodb_compression_algorithm', 'lower_case_table_names', 'character_set_server', 'collation_server'],
  ...['sql_mode', 'old_mode', 'explicit_defaults_for_timestamp', 'default_storage_engine', 'plugin_maturity'],
  ...[
    'file_key_management_filename',
    'file_key_management_filekey',
    'file_key_management_encryption_algorithm',
  ],
];
const PLUGINS = ['STORAGE ENGINE', 'ENCRYPTION', 'DATA TYPE', 'FUNCTION', 'FTPARSER'];

/** A configuration file that lets another server make whatever the one behind the socket can. */
export async function settingsOf(socket: string): Promise<string> {
  using root = await openAsRoot(socket);
  const variables = await root.query('SHOW GLOBAL VARIABLES WHERE Variable_name IN (?)', [DECIDING]);
  const plugins = await root.query(
    "SELECT DISTINCT PLUGIN_LIBRARY AS library FROM information_schema.ALL_PLUGINS WHERE PLUGIN_STATUS = 'ACTIVE' AND PLUGIN_LIBRARY IS NOT NULL AND PLUGIN_TYPE IN (?)",
    [PLUGINS],
  );
  const lines = [
    ...plugins.map(({ library }) => `plugin_load_add = ${library}`),
    ...variables.map(({ Variable_name: name, Value: value }) => `${name} = "${value}"`),
  ];
  return ['[mysqld]', ...lines, ''].join('\n');
}

/**
 * Its content is worth nothing after a crash, so nothing is written twice or waited for. A server that starts removes
 * the temporary tables of all servers from its folder for them, those of the live one too if that were the system's.
 */
const serverArgv = ({ folder, data, temporary, socket, file }: Record<string, string>): string[] => [
  ...[
    'mariadbd',
    `--defaults-file=${file}`,
    `--datadir=${data}`,
    `--tmpdir=${temporary}`,
    `--socket=${socket}`,
  ],
  ...['--skip-networking', `--pid-file=${folder}/my.pid`, '--skip-log-bin', '--event-scheduler=OFF'],
  ...['--innodb-flush-log-at-trx-commit=0', '--innodb-doublewrite=0', '--innodb-buffer-pool-size=128M'],
  ...['--performance-schema=OFF', '--max-allowed-packet=1G'],
];

async function ownedFolder(...folders: string[]): Promise<void> {
  const [uid, gid] = await owner();
  for (const folder of folders) {
    await mkdir(folder, { mode: 0o700 });
    await chmod(folder, 0o700);
    await chown(folder, uid, gid);
  }
}

const owner = async (): Promise<[number, number]> => [await idOf('-u'), await idOf('-g')];

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
