import type { Attributes, Client, SFTPWrapper } from 'ssh2';
import { Fault, type FaultKind } from '../api/fault.ts';
import type { Secret } from '../api/secret-text.ts';
import { same, say, type Words } from '../api/words.ts';
import { codeOf } from './errno.ts';
import { changedKey, connected, fingerprint, type SshServer, textOf } from './ssh.ts';
import { SshAuthentication } from './ssh-auth.ts';

export interface SshLogin {
  user: string;
  /** Fingerprint that the server's key must have, as `hostKeyOf` answers it. */
  hostKey: string;
  /** The user's password, or a private key in OpenSSH's form. */
  by: Secret | { key: string };
}

/** A file or folder there. */
export interface RemoteEntry {
  isFolder: boolean;
  /** Bytes. */
  size: number;
  /** Permission bits. */
  mode: number;
}

const CALL_MILLISECONDS = 20_000;
/** An upload that makes no progress for so long has failed. */
const STALL_MILLISECONDS = 60_000;
const PERMISSIONS = 0o7777;
const READ_ONLY = 1n;

type Done<T> = (error: Error | null | undefined, value?: T) => void;

/** Files of another machine over SSH. Every call rejects with a `Fault`, has a time limit and ends with the signal. */
export class Sftp {
  readonly #client: Client;
  readonly #signal: AbortSignal;
  readonly #stall: number;
  #closed = false;
  #sftp: SFTPWrapper | undefined;

  private constructor(client: Client, signal: AbortSignal, stall: number) {
    this.#client = client;
    this.#signal = signal;
    this.#stall = stall;
    client.on('close', () => {
      this.#closed = true;
    });
    signal.addEventListener('abort', this.close);
  }

  /**
   * Logs in. Faults: `unavailable` (cannot be reached, is no SSH server, has no SFTP), `conflict` (another host key),
   * `refused` (user, password or key), `timeout`.
   * @param stall milliseconds without progress after which an upload has failed
   */
  static async open(
    server: SshServer,
    { user, hostKey, by }: SshLogin,
    signal: AbortSignal,
    stall = STALL_MILLISECONDS,
  ): Promise<Sftp> {
    let other: string | undefined;
    const hostVerifier = (key: Buffer) => {
      const seen = fingerprint(key);
      if (seen !== hostKey) other = seen;
      return seen === hostKey;
    };
    const login = new SshAuthentication(user, by);
    // ssh2 wants the key here as well to say what was refused.
    const secret = 'key' in by ? { privateKey: by.key } : {};
    const options = { username: user, hostVerifier, authHandler: login.handler, ...secret };
    const client = await connected(server, options, signal).catch((thrown: unknown) => {
      if (other !== undefined) throw changedKey(server, other);
      const isRefused = thrown instanceof Fault && thrown.kind === 'refused';
      throw (isRefused ? login.refusal(textOf(server)) : undefined) ?? thrown;
    });
    const opened = new Sftp(client, signal, stall);
    try {
      opened.#sftp = await opened.#ask<SFTPWrapper>((_none, done) => client.sftp(done));
      return opened;
    } catch (thrown) {
      opened.close();
      const fault = Fault.from(thrown);
      if (fault.kind !== 'failed') throw fault;
      throw new Fault(
        'unavailable',
        say(`${textOf(server)} offers no SFTP`, `${textOf(server)} 不提供 SFTP`),
      );
    }
  }

  /** The absolute path behind a name; `.` is the user's home. */
  realPath(path: string): Promise<string> {
    return this.#ask((sftp, done) => sftp.realpath(path, done));
  }

  /** Undefined when nothing is there. */
  async entry(path: string): Promise<RemoteEntry | undefined> {
    const stats = await this.#ask<Attributes>((sftp, done) => sftp.stat(path, done)).catch(noneThere);
    if (stats === undefined) return undefined;
    // The file type is in the upper bits of the mode.
    const isFolder = (stats.mode & 0o170000) === 0o040000;
    return { isFolder, size: stats.size, mode: stats.mode & PERMISSIONS };
  }

  /** Names in a folder. */
  async names(folder: string): Promise<string[]> {
    const list = await this.#ask<{ filename: string }[]>((sftp, done) => sftp.readdir(folder, done));
    return list.map(({ filename }) => filename);
  }

  makeFolder(path: string, mode: number): Promise<void> {
    return this.#ask((sftp, done) => sftp.mkdir(path, { mode }, done));
  }

  async read(path: string): Promise<string> {
    return (await this.#ask<Buffer>((sftp, done) => sftp.readFile(path, done))).toString('utf8');
  }

  /** Writes a new file; one that is there already is a fault. */
  write(path: string, text: string, mode: number): Promise<void> {
    return this.#ask((sftp, done) => sftp.writeFile(path, text, { mode, flag: 'wx' }, done));
  }

  remove(path: string): Promise<void> {
    return this.#ask((sftp, done) => sftp.unlink(path, done));
  }

  /** A file that has the new name already is a fault. */
  rename(from: string, to: string): Promise<void> {
    return this.#ask((sftp, done) => sftp.rename(from, to, done));
  }

  /** Takes the place of a file that is there, in one step. */
  replace(from: string, to: string): Promise<void> {
    return this.#ask((sftp, done) => sftp.ext_openssh_rename(from, to, done));
  }

  /** Copies a local file to a path of mode 0600. @param progress bytes so far */
  upload(from: string, to: string, progress: (bytes: number) => void): Promise<void> {
    return this.#ask((sftp, done, alive) => {
      const step = (bytes: number) => {
        alive();
        progress(bytes);
      };
      sftp.fastPut(from, to, { mode: 0o600, step }, done);
    }, this.#stall);
  }

  /** Puts a file on the disk there, when the server can. */
  async flush(path: string): Promise<void> {
    const handle = await this.#ask<Buffer>((sftp, done) => sftp.open(path, 'r+', done));
    await this.#ask((sftp, done) => sftp.ext_openssh_fsync(handle, done), this.#stall).catch(
      ifFailed(() => undefined),
    );
    await this.#ask((sftp, done) => sftp.close(handle, done));
  }

  /** Bytes free for this user where the path is, and whether it can be written to; undefined when the server tells neither. */
  async room(path: string): Promise<{ free: number; readOnly: boolean } | undefined> {
    interface FileSystem {
      f_frsize: number | bigint;
      f_bavail: number | bigint;
      f_flag: number | bigint;
    }
    const stats = await this.#ask<FileSystem>((sftp, done) => sftp.ext_openssh_statvfs(path, done)).catch(
      ifFailed(() => undefined),
    );
    if (stats === undefined) return undefined;
    const readOnly = (BigInt(stats.f_flag) & READ_ONLY) !== 0n;
    return { free: Number(BigInt(stats.f_bavail) * BigInt(stats.f_frsize)), readOnly };
  }

  readonly close = (): void => {
    this.#signal.removeEventListener('abort', this.close);
    this.#closed = true;
    this.#client.destroy();
  };

  [Symbol.dispose](): void {
    this.close();
  }

  /** @param limit milliseconds without an answer, or a sign of life, until the connection is given up */
  async #ask<T>(
    begin: (sftp: SFTPWrapper, done: Done<T>, alive: () => void) => void,
    limit = CALL_MILLISECONDS,
  ): Promise<T> {
    this.#signal.throwIfAborted();
    if (this.#closed) throw lostConnection();
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const timer = setTimeout(() => {
      reject(silent(limit));
      this.close();
    }, limit);
    const lost = () => reject(this.#signal.aborted ? this.#signal.reason : lostConnection());
    this.#client.once('close', lost);
    const done: Done<T> = (error, value) => {
      // When the connection has gone its 'close' says why; what fails with it says less.
      if (error && this.#closed) lost();
      else if (error) reject(answered(error));
      else resolve(value as T);
    };
    try {
      begin(this.#sftp as SFTPWrapper, done, () => timer.refresh());
      return await promise;
    } catch (thrown) {
      throw thrown instanceof Error && !(thrown instanceof Fault) ? answered(thrown) : thrown;
    } finally {
      clearTimeout(timer);
      this.#client.off('close', lost);
    }
  }
}

const lostConnection = (): Fault => new Fault('unavailable', say('the connection was lost', '连接已断开'));

const silent = (limit: number): Fault =>
  new Fault('timeout', say(`no progress for ${limit / 1000} s`, `${limit / 1000} 秒内没有进展`));

/** Status codes of SFTP that say more than that it failed. */
const STATUS: Record<number, [FaultKind, Words]> = {
  2: ['notFound', say('there is no such file or folder', '没有该文件或目录')],
  3: ['refused', say('permission denied', '没有权限')],
};

/** What the server answered. */
function answered(error: Error): Fault {
  const [kind, words] = STATUS[Number(codeOf(error))] ?? ['failed', same(error.message)];
  return new Fault(kind, words, { cause: error });
}

/** For what a server need not be able to do. */
const ifFailed =
  <T>(instead: () => T) =>
  (thrown: unknown): T => {
    if (thrown instanceof Fault && thrown.kind === 'failed') return instead();
    throw thrown;
  };

function noneThere(thrown: unknown): undefined {
  if (thrown instanceof Fault && thrown.kind === 'notFound') return;
  throw thrown;
}
