import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, copyFileSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { ended, freePort, openFolder, until } from './servers.ts';

const UID = 12_345;
/** The accounts are the server's own, and so are two disks: one that is full, one that is read-only. */
const MACHINE = `
for name in passwd shadow group pam.d/sshd; do mount --bind "$0/etc/$name" "/etc/$name"; done
mount -t tmpfs tmpfs /run && mkdir -m 755 /run/sshd
mount -t tmpfs -o size=64k,mode=777 tmpfs "$0/full" && head -c 64k /dev/zero > "$0/full/filler"
mount -t tmpfs -o ro,mode=777 tmpfs "$0/read-only"
exec /usr/sbin/sshd -D -e -f "$0/sshd_config"`;

/** A real sshd with a port, host keys, and one user with a home of its own, whose password may let them in. */
export class SshServer {
  readonly folder = openFolder('sshd-');
  readonly user = 'copier';
  readonly password: string;
  readonly home = join(this.folder, 'home');
  readonly port: number;
  #child: ChildProcess | undefined;

  private constructor(password: string, port: number) {
    this.password = password;
    this.port = port;
  }

  static async create(password: string): Promise<SshServer> {
    const server = new SshServer(password, await freePort());
    server.#makeAccounts();
    for (const name of ['full', 'read-only', 'roots']) mkdirSync(join(server.folder, name));
    mkdirSync(server.home);
    chownSync(server.home, UID, UID);
    for (const name of ['one', 'other'])
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(server.folder, name)]);
    await server.start();
    return server;
  }

  #makeAccounts(): void {
    const etc = join(this.folder, 'etc');
    mkdirSync(join(etc, 'pam.d'), { recursive: true });
    const pam = ['auth', 'account'].map((kind) => `${kind} required pam_unix.so\n`);
    writeFileSync(join(etc, 'pam.d/sshd'), pam.join(''));
    for (const name of ['passwd', 'shadow', 'group']) copyFileSync(join('/etc', name), join(etc, name));
    const hash = execFileSync('openssl', ['passwd', '-6', '-stdin'], { input: this.password })
      .toString()
      .trim();
    const add = (name: string, line: string) =>
      writeFileSync(join(etc, name), `${this.user}:${line}\n`, { flag: 'a' });
    add('passwd', `x:${UID}:${UID}::${this.home}:/bin/sh`);
    add('shadow', `${hash}:19000::::::`);
    add('group', `x:${UID}:`);
  }

  /** @param hostKey which of its two keys it shows */
  async start(hostKey: 'one' | 'other' = 'one', ...lines: string[]): Promise<void> {
    const settings = [
      ...[`Port ${this.port}`, 'ListenAddress 127.0.0.1', `HostKey ${join(this.folder, hostKey)}`],
      // The first one counts.
      ...lines,
      ...['PidFile none', 'UsePAM no', 'UseDNS no', 'KbdInteractiveAuthentication no'],
      // The folders above the home are the tests' own, below one that everybody may write to.
      ...['StrictModes no', 'Subsystem sftp internal-sftp'],
    ];
    writeFileSync(join(this.folder, 'sshd_config'), `${settings.join('\n')}\n`);
    const log = openSync(join(this.folder, 'log'), 'a');
    // In a process namespace of its own: with it the sessions end that sshd began.
    const argv = ['--mount', '--pid', '--fork', '--kill-child', 'sh', '-c', MACHINE, this.folder];
    this.#child = spawn('unshare', argv, { stdio: ['ignore', log, log] });
    await until(() => answers(this.port));
  }

  /** What it shows of its key. */
  fingerprint(hostKey: 'one' | 'other' = 'one'): string {
    const path = join(this.folder, `${hostKey}.pub`);
    return execFileSync('ssh-keygen', ['-l', '-f', path], { encoding: 'utf8' }).split(' ')[1] ?? '';
  }

  /** A folder below its user's home. */
  there(name = 'backups'): string {
    return join(this.home, name);
  }

  get log(): string {
    return readFileSync(join(this.folder, 'log'), 'utf8');
  }

  async kill(): Promise<void> {
    this.#child?.kill('SIGKILL');
    if (this.#child !== undefined) await ended(this.#child);
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const answers = (port: number): Promise<true | undefined> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', (bytes) => {
      socket.destroy();
      resolve(bytes.toString('latin1').startsWith('SSH-') ? true : undefined);
    });
    for (const end of ['error', 'close']) socket.once(end, () => resolve(undefined));
  });

/** A line to a server that calls back once it has carried so many bytes to it, and can be stopped there. */
export class Line {
  readonly #server: Server;
  readonly #sockets: Socket[] = [];
  #carried = 0;
  #holds = false;
  port = 0;
  /** Called after each piece with all bytes so far. */
  carried: (bytes: number) => void = () => {};

  private constructor(to: number) {
    this.#server = createServer((near) => {
      const far = connect(to, '127.0.0.1');
      this.#sockets.push(near, far);
      for (const socket of [near, far]) socket.on('error', () => {});
      for (const socket of [near, far]) socket.setNoDelay(true);
      near.on('data', (bytes) => {
        this.#carried += bytes.length;
        this.carried(this.#carried);
        if (!this.#holds) far.write(bytes);
      });
      far.on('data', (bytes) => void (this.#holds || near.write(bytes)));
      near.on('close', () => far.destroy());
      far.on('close', () => near.destroy());
    });
  }

  static async open(to: number): Promise<Line> {
    const line = new Line(to);
    await new Promise<void>((done) => void line.#server.listen(0, '127.0.0.1', done));
    const address = line.#server.address();
    line.port = typeof address === 'object' && address !== null ? address.port : 0;
    return line;
  }

  /** Neither side hears of the other any more. */
  hold(): void {
    this.#holds = true;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}
