import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tinyGuest } from '../../../scripts/vm/tiny-guest.mts';
import { run } from '../../../src/system/exec.ts';
import { Cloud } from '../../fakes/cloud.ts';
import { type Furnished, furnish } from '../../fakes/furnish.ts';
import { LibvirtDaemon } from '../facts/libvirt-daemon.ts';
import { NetworkWorld } from '../network-world.ts';
import { until } from '../servers.ts';

const DIST = fileURLToPath(new URL('../../../dist', import.meta.url));

/** One machine that is a cloud by itself: management service, controller, NetworkManager and libvirtd, all real. */
export class CloudWorld {
  readonly network: NetworkWorld;
  readonly libvirt: LibvirtDaemon;
  readonly cloud: Cloud;
  #service: ChildProcess | undefined;

  private constructor(network: NetworkWorld) {
    this.network = network;
    this.libvirt = new LibvirtDaemon(network.enter);
    const env = ['env', `HOME=${network.folder}`, 'ZSTACK_CLI_PASSWORD=password'];
    const program = [process.execPath, join(DIST, 'zstack-cli.cjs'), '-H', '127.0.0.1'];
    this.cloud = new Cloud((words) =>
      run([...network.enter, ...env, ...program, ...words], { timeout: 240_000 }),
    );
  }

  static async start(nodeIni = ''): Promise<CloudWorld> {
    const world = await CloudWorld.empty(nodeIni);
    world.startService();
    await world.network.startController();
    return world;
  }

  /** Without management service and controller. */
  static async empty(nodeIni = ''): Promise<CloudWorld> {
    const network = await NetworkWorld.start({ nics: 2, nodeIni });
    network.role = 'management';
    const world = new CloudWorld(network);
    await world.libvirt.start();
    mkdirSync(world.imports, { recursive: true });
    copyFileSync((await tinyGuest()).disk, join(world.imports, 'tiny.qcow2'));
    return world;
  }

  /** Waits until the service answers, and logs in as admin. */
  async loggedIn(): Promise<void> {
    await until(
      async () => (await this.cloud.cli('LogInByAccount', 'accountName=admin')).code === 0 || undefined,
    );
  }

  /** Logs in, waits for the machine to be the first host of its own cluster, and furnishes that on em02. */
  async furnish(): Promise<Furnished & { host: string; cluster: string }> {
    await this.loggedIn();
    const [host] = await this.cloud.until(['QueryHost'], ([each]) => each?.status === 'Connected');
    const { uuid, clusterUuid: cluster, zoneUuid: zone } = host;
    const { storage, images } = this;
    const places = { zone, cluster, nic: 'em02', storage, images, image: `${this.imports}/tiny.qcow2` };
    return { host: uuid, cluster, ...(await furnish(this.cloud, places)) };
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

  /** File of the service's records. */
  get store(): string {
    return join(this.data, 'lib/management/store.sqlite');
  }

  /** @param environment added to the service's own */
  startService(environment: Record<string, string> = {}): void {
    const program = [process.execPath, join(DIST, 'management.cjs'), '--data', this.data];
    const [command = '', ...argv] = [...this.network.enter, ...program];
    this.#service = spawn(command, argv, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...environment },
    });
    this.#service.stderr?.on('data', (chunk: Buffer) =>
      appendFileSync(join(this.network.folder, 'management.log'), chunk),
    );
  }

  async killService(): Promise<void> {
    const ended = this.serviceEnds();
    this.#service?.kill('SIGKILL');
    await ended;
  }

  /** Settles when the service has ended. */
  async serviceEnds(): Promise<void> {
    const service = this.#service;
    if (service === undefined || service.exitCode !== null || service.signalCode !== null) return;
    await new Promise((resolve) => service.once('exit', resolve));
  }

  async end(): Promise<void> {
    await this.killService();
    await this.libvirt.end();
    await this.network.end();
  }
}
