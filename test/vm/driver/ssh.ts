import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { Client, type ClientChannel } from 'ssh2';
import { Terminal } from './terminal.ts';
import { PATIENCE_MS } from './wait.ts';

/** How to reach the machine's sshd. */
export interface SshAddress {
  port: number;
  identity: string;
}

/** An ssh connection of root. Keys, key exchange and sftp are the real ones, so it is slow: prefer the agent. */
export class Ssh {
  readonly #client: Client;

  /** @param password logs in with this one instead of the key */
  static async connect(address: SshAddress, password?: string): Promise<Ssh> {
    const client = new Client();
    // A refusal is told twice, and a power cut ends the connection at any time; who waits learns it by 'close'.
    client.on('error', () => client.destroy());
    const secret = password === undefined ? { privateKey: await readFile(address.identity) } : { password };
    await new Promise<void>((resolve, reject) => {
      client.once('ready', resolve).once('error', reject);
      client.connect({
        host: '127.0.0.1',
        port: address.port,
        username: 'root',
        readyTimeout: PATIENCE_MS,
        ...secret,
      });
    });
    return new Ssh(client);
  }

  private constructor(client: Client) {
    this.#client = client;
  }

  /** A log-in shell on a terminal of this type and size. */
  async terminal(type = 'xterm-256color', columns = 80, rows = 24): Promise<Terminal> {
    const stream = await new Promise<ClientChannel>((resolve, reject) => {
      this.#client.shell({ term: type, cols: columns, rows }, (error, channel) =>
        error ? reject(error) : resolve(channel),
      );
    });
    return new Terminal(stream, { columns, rows });
  }

  async upload(from: string, to: string): Promise<void> {
    const sftp = await promisify(this.#client.sftp.bind(this.#client))();
    await promisify<string, string>(sftp.fastPut.bind(sftp))(from, to);
    sftp.end();
  }

  async download(from: string, to: string): Promise<void> {
    const sftp = await promisify(this.#client.sftp.bind(this.#client))();
    await promisify<string, string>(sftp.fastGet.bind(sftp))(from, to);
    sftp.end();
  }

  end(): void {
    this.#client.end();
  }
}
