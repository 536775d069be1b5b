import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { tinyGuest } from '../../../scripts/vm/tiny-guest.mts';
import { run } from '../../../src/system/exec.ts';
import { LibvirtDaemon } from '../facts/libvirt-daemon.ts';
import { NetworkWorld } from '../network-world.ts';

const DIST = fileURLToPath(new URL('../../../dist', import.meta.url));

// biome-ignore lint/suspicious/noExplicitAny: whatever the API answers.
export type Told = any;

/** One machine that is a cloud by itself: management service, controller, NetworkManager and libvirtd, all real. */
export class CloudWorld {
  readonly network: NetworkWorld;
  readonly libvirt: LibvirtDaemon;
  #service: ChildProcess | undefined;

  private constructor(network: NetworkWorld) {
    this.network = network;
    this.libvirt = new LibvirtDaemon(network.enter);
  }

  static async start(): Promise<CloudWorld> {
    const network = await NetworkWorld.start({ nics: 2 });
    network.role = 'management';
    const world = new CloudWorld(network);
    await world.libvirt.start();
    mkdirSync(world.imports, { recursive: true });
    copyFileSync((await tinyGuest()).disk, join(world.imports, 'tiny.qcow2'));
    world.startService();
    await network.startController();
    return world;
  }

  get data(): string {
    return join(this.network.folder, 'data');
  }

  get imports(): string {
    return join(this.data, 'lib/import');
  }

  get images(): string {
    return join(this.data, 'lib/images');
  }

  get storage(): string {
    return join(this.network.folder, 'storage');
  }

  startService(): void {
    const program = [process.execPath, join(DIST, 'management.cjs'), '--data', this.data];
    const [command = '', ...argv] = [...this.network.enter, ...program];
    this.#service = spawn(command, argv, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#service.stderr?.on('data', (chunk: Buffer) =>
      appendFileSync(join(this.network.folder, 'management.log'), chunk),
    );
  }

  async killService(): Promise<void> {
    const service = this.#service;
    if (service === undefined || service.exitCode !== null || service.signalCode !== null) return;
    const ended = new Promise((resolve) => service.once('exit', resolve));
    service.kill('SIGKILL');
    await ended;
  }

  /** One call of zstack-cli, as a person types it. */
  async cli(...words: string[]): Promise<{ code: number; told: Told; err: string }> {
    const env = ['env', `HOME=${this.network.folder}`, 'ZSTACK_CLI_PASSWORD=password'];
    const program = [process.execPath, join(DIST, 'zstack-cli.cjs'), '-H', '127.0.0.1'];
    const argv = [...this.network.enter, ...env, ...program, ...words];
    const { stdout, stderr, code } = await run(argv, { timeout: 240_000 });
    return { code, told: stdout === '' ? undefined : JSON.parse(stdout), err: stderr };
  }

  /** As `cli`; what it makes or changes. */
  async made(...words: string[]): Promise<Told> {
    const { code, told, err } = await this.cli(...words);
    if (code !== 0) throw new Error(`${words.join(' ')}: ${err}${JSON.stringify(told)}`);
    return told.inventory;
  }

  async found(...words: string[]): Promise<Told[]> {
    const { told, err } = await this.cli(...words);
    if (told?.inventories === undefined) throw new Error(`${words.join(' ')}: ${err}`);
    return told.inventories;
  }

  /** Waits until a query answers what it is to. */
  async until(words: readonly string[], is: (found: Told[]) => boolean, seconds = 90): Promise<Told[]> {
    const end = performance.now() + seconds * 1000;
    for (;;) {
      const found = await this.found(...words).catch((thrown: Error) => thrown);
      if (Array.isArray(found) && is(found)) return found;
      if (performance.now() > end)
        throw found instanceof Error ? found : new Error(`${words.join(' ')}: ${JSON.stringify(found)}`);
      await sleep(500);
    }
  }

  async end(): Promise<void> {
    await this.killService();
    await this.libvirt.end();
    await this.network.end();
  }
}
