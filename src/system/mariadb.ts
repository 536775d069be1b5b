import { connect as connectSocket, type Socket } from 'node:net';
import type { Connection, QueryError } from 'mysql2';
import { Fault } from '../api/fault.ts';
import { bracketed } from '../api/host.ts';
import type { Secret } from '../api/secret-text.ts';
import { say } from '../api/words.ts';
import { asUser } from './posix.ts';

/** Where a database server listens. */
export type DatabaseAddress = { socket: string } | { host: string; port: number };

export interface Login {
  user: string;
  /** Absent: the server knows the caller by the unix socket. */
  password?: Secret;
  database?: string;
}

export type Row = Record<string, unknown>;

const CONNECT_MILLISECONDS = 10_000;
const QUERY_MILLISECONDS = 60_000;
/** A user that no database account is bound to. */
const NOBODY = 65534;

/** An open connection. Calls reject with a `Fault` and have a time limit; `using` closes it. */
export class Database {
  readonly #connection: Connection;
  readonly #address: DatabaseAddress;

  private constructor(connection: Connection, address: DatabaseAddress) {
    this.#connection = connection;
    this.#address = address;
    // Calls that wait are told by themselves; later ones are refused.
    connection.on('error', () => {});
  }

  /**
   * Logs in. Faults: `unavailable` (server down, too many connections), `refused` (wrong user or password), `timeout`.
   * @param stream to talk over, when it is open already
   */
  static async open(address: DatabaseAddress, login: Login, stream?: Socket): Promise<Database> {
    const { user, password, database } = login;
    // Loaded when it is first needed: most programs that can use a database never do.
    const { createConnection } = await import('mysql2');
    const connection = createConnection({
      ...('socket' in address ? { socketPath: address.socket } : address),
      ...(stream === undefined ? {} : { stream }),
      ...(password === undefined ? {} : { password: password.reveal() }),
      ...(database === undefined ? {} : { database }),
      user,
      connectTimeout: CONNECT_MILLISECONDS,
      charset: 'utf8mb4',
      dateStrings: true,
      jsonStrings: true,
    });
    const opened = new Database(connection, address);
    try {
      await opened.#wait(CONNECT_MILLISECONDS, (done) => {
        connection.once('error', done);
        connection.connect(done);
      });
      return opened;
    } catch (thrown) {
      connection.destroy();
      throw thrown;
    }
  }

  /** @param limit milliseconds until the connection is given up */
  async query(sql: string, values: readonly unknown[] = [], limit = QUERY_MILLISECONDS): Promise<Row[]> {
    let rows: Row[] = [];
    await this.#wait(limit, (done) => {
      this.#connection.query(sql, values as unknown[], (error, result) => {
        if (Array.isArray(result)) rows = result as Row[];
        done(error);
      });
    });
    return rows;
  }

  close(): void {
    this.#connection.destroy();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #wait(limit: number, begin: (done: (error: QueryError | null) => void) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.close();
        reject(silent(limit));
      }, limit);
      begin((error) => {
        clearTimeout(timer);
        if (error === null || error === undefined) resolve();
        else reject(databaseFault(error, this.#address));
      });
    });
  }
}

/**
 * Whether the password itself opens the account. Root is let in over the socket without one, so the connection is
 * made under a user that no account is bound to. Faults as `Database.open`, `refused` excepted.
 */
export async function isDatabasePassword(socket: string, user: string, password: Secret): Promise<boolean> {
  const dial = () => connectSocket(socket);
  const stream = process.getuid?.() === 0 ? asUser(NOBODY, dial) : dial();
  try {
    (await Database.open({ socket }, { user, password }, stream)).close();
    return true;
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.kind === 'refused') return false;
    throw thrown;
  } finally {
    stream.destroy();
  }
}

/** A name of a database, table or account part in a statement. */
export const quotedName = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

const addressText = (address: DatabaseAddress): string =>
  'socket' in address ? address.socket : `${bracketed(address.host)}:${address.port}`;

const START = say('start the database, or look at its log', '请启动数据库，或查看其日志');
const ACCESS = new Set([
  'ER_ACCESS_DENIED_ERROR',
  'ER_ACCESS_DENIED_NO_PASSWORD_ERROR',
  'ER_DBACCESS_DENIED_ERROR',
]);
const READ_ONLY = new Set(['ER_OPTION_PREVENTS_STATEMENT', 'ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION']);
const DOWN = new Set([
  'ECONNREFUSED',
  'ENOENT',
  'EACCES',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'ENOTFOUND',
]);
const LOST = new Set(['ECONNRESET', 'EPIPE', 'PROTOCOL_CONNECTION_LOST', 'ER_SERVER_SHUTDOWN']);

/** What the driver or server said, as a fault that names what to do. The text holds no values of the statement. */
function databaseFault(error: QueryError, address: DatabaseAddress): Fault {
  const { code = '', cause = error } = error;
  const where = addressText(address);
  if (ACCESS.has(code))
    return new Fault('refused', say(`MySQL refuses this user and password`, 'MySQL 拒绝该用户和密码'), {
      cause,
    });
  if (DOWN.has(code)) {
    const words = say(`cannot connect to MySQL at ${where}: ${code}`, `无法连接 MySQL（${where}）：${code}`);
    return new Fault('unavailable', words, { next: START, cause });
  }
  if (LOST.has(code))
    return new Fault('unavailable', say('MySQL ended the connection', 'MySQL 断开了连接'), {
      next: START,
      cause,
    });
  if (code === 'ER_CON_COUNT_ERROR')
    return new Fault('unavailable', say('MySQL: too many connections', 'MySQL：连接过多'), {
      next: say('raise max_connections', '请增大 max_connections'),
      cause,
    });
  if (code === 'ER_LOCK_WAIT_TIMEOUT')
    return new Fault(
      'conflict',
      say('MySQL: another session uses these tables', 'MySQL：其他会话正在使用这些表'),
      { next: say('end it: SHOW PROCESSLIST names it', '请结束该会话：SHOW PROCESSLIST 可查看'), cause },
    );
  if (READ_ONLY.has(code))
    return new Fault('conflict', say('MySQL is read-only', 'MySQL 处于只读状态'), { cause });
  return new Fault('failed', say(`MySQL: ${code}`, `MySQL：${code}`), { cause });
}

const silent = (limit: number): Fault =>
  new Fault(
    'timeout',
    say(`MySQL did not answer within ${limit / 1000} s`, `MySQL 在 ${limit / 1000} 秒内没有应答`),
  );
