import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Image } from '../../../scripts/vm/images.mts';
import { Agent, type Result } from './agent.ts';
import { keepLayers } from './keep-layers.ts';
import { Keyboard } from './keyboard.ts';
import { type QemuOptions, qemuCommand, SLOT } from './qemu.ts';
import { Qmp, tryConnect } from './qmp.ts';
import { newRunDir } from './run-dir.ts';
import { Screen } from './screen.ts';
import { Ssh } from './ssh.ts';
import type { Port } from './switch.ts';
import { Terminal } from './terminal.ts';
import { until } from './wait.ts';

export interface MachineOptions {
  name?: string;
  memoryMb?: number;
  cpus?: number;
  append?: string;
  vnc?: string;
  dvd?: string;
}

/** A saved state of a booted machine: its disk, its memory and what QEMU keeps of its devices. */
export interface Snapshot {
  image: Image;
  disk: string;
  ram: string;
  state: string;
  /** What the serial line had shown until then. */
  serialLog: string;
  memoryMb: number;
}

const VIRTIO = 'virtio-net-pci';
const live = new Set<Machine>();

/** Machines that run now in this process. */
export function liveMachines(): Machine[] {
  return [...live];
}

/** One emulated machine. It ends with `end()`, and in any case with this process. */
export class Machine {
  readonly name: string;
  readonly dir: string;
  readonly options: QemuOptions;
  #process: ChildProcess | undefined;
  #exited: Promise<unknown> = Promise.resolve();
  #parts: { qmp: Qmp; keyboard: Keyboard; agent: Agent; screen: Screen; serial: Terminal } | undefined;
  readonly #nics: { port: Port; driver: string }[] = [];

  private constructor(options: QemuOptions) {
    this.options = options;
    this.name = options.name;
    this.dir = options.dir;
  }

  /** Starts a machine from power-on; returns as soon as it runs (see `agent.ready`, `screen.see`). */
  static async boot(image: Image, options: MachineOptions = {}): Promise<Machine> {
    const machine = await Machine.#prepare(image, image.disk, 'raw', options, {});
    await machine.start();
    return machine;
  }

  /** Starts a machine whose memory is a file that `save` can keep. */
  static async bootForSnapshot(image: Image, ram: string, options: MachineOptions = {}): Promise<Machine> {
    const machine = await Machine.#prepare(image, image.disk, 'raw', options, {
      ram: { file: ram, shared: true },
    });
    await machine.start();
    return machine;
  }

  /** A copy of a booted machine, running within a second or so, its clock set. */
  static async clone(snapshot: Snapshot, options: MachineOptions = {}): Promise<Machine> {
    const { image, disk, ram, memoryMb } = snapshot;
    const saved = { ram: { file: ram, shared: false }, incoming: true };
    const machine = await Machine.#prepare(image, disk, 'qcow2', { ...options, memoryMb }, saved);
    await machine.#spawn(machine.options);
    await machine.serial.replay(await readFile(snapshot.serialLog));
    await machine.#load(snapshot.state);
    await machine.agent.ready();
    await machine.run(['date', '--set', `@${(Date.now() / 1000).toFixed(3)}`]);
    return machine;
  }

  static async #prepare(
    image: Image,
    backing: string,
    format: string,
    options: MachineOptions,
    saved: Partial<QemuOptions>,
  ): Promise<Machine> {
    keepLayers(backing, image.kernel);
    const dir = await newRunDir();
    const disk = join(dir, 'disk.qcow2');
    await promisify(execFile)('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', backing, '-F', format, disk]);
    const machine = new Machine({
      ...{ name: 'machine', memoryMb: 2048, cpus: 2, append: '', incoming: false },
      ...options,
      ...saved,
      ...{ dir, image, disk, sshPort: await freePort() },
    });
    return machine;
  }

  get qmp(): Qmp {
    return this.#running.qmp;
  }

  get keyboard(): Keyboard {
    return this.#running.keyboard;
  }

  get screen(): Screen {
    return this.#running.screen;
  }

  get agent(): Agent {
    return this.#running.agent;
  }

  /** The person at the other end of ttyS0. */
  get serial(): Terminal {
    return this.#running.serial;
  }

  get serialLog(): string {
    return join(this.dir, 'serial.log');
  }

  /** Switches the machine on (again, after `powerCut` or a power-off); its disk is as it was left. */
  async start(): Promise<void> {
    const { ram, ...options } = this.options;
    // A power-on starts with memory of its own; only what was booted to be saved keeps its file.
    await this.#spawn({ ...options, ...(ram?.shared ? { ram } : {}), incoming: false });
    for (const index of this.#nics.keys()) await this.#attach(index);
    await this.qmp.execute('cont');
  }

  /** Pulls the plug: QEMU is killed, what the machine had not written is lost. */
  async powerCut(): Promise<void> {
    this.#process?.kill('SIGKILL');
    await this.#exited;
    live.delete(this);
  }

  /** Waits until the machine has switched itself off. */
  async poweredOff(limitMs?: number): Promise<void> {
    const gone = () => (this.#process?.exitCode === null ? undefined : true);
    await until('power off', gone, limitMs === undefined ? {} : { limitMs });
    live.delete(this);
  }

  /** Ends the machine and removes what it wrote. */
  async end(): Promise<void> {
    await this.powerCut();
    await rm(this.dir, { recursive: true, force: true });
  }

  /** Runs a program in the machine. @returns its standard output @throws Error when its code is not 0 */
  async run(
    argv: string[],
    options: { stdin?: string | Uint8Array; limitMs?: number } = {},
  ): Promise<string> {
    const result = await this.attempt(argv, options);
    if (result.code === 0) return result.stdout.toString();
    throw new Error(`${argv.join(' ')}: code ${result.code}\n${result.stdout}${result.stderr}`);
  }

  /** As `run`, for a program that may fail. */
  attempt(argv: string[], options: { stdin?: string | Uint8Array; limitMs?: number } = {}): Promise<Result> {
    const { stdin = '', ...rest } = options;
    return this.agent.request(argv, { ...rest, stdin: Buffer.from(stdin as string) });
  }

  /** Runs lines of shell in the machine, ended by the first that fails. */
  shell(script: string, options: { limitMs?: number } = {}): Promise<string> {
    return this.run(['sh', '-eu', '-c', script], options);
  }

  async put(path: string, content: string | Uint8Array, mode = '644'): Promise<void> {
    await this.run(['sh', '-c', 'cat > "$1" && chmod "$2" "$1"', 'put', path, mode], { stdin: content });
  }

  async get(path: string): Promise<Buffer> {
    const { code, stdout, stderr } = await this.attempt(['cat', path]);
    if (code !== 0) throw new Error(`${path}: ${stderr}`);
    return stdout;
  }

  ssh(password?: string): Promise<Ssh> {
    return Ssh.connect({ port: this.options.sshPort, identity: this.options.image.identity }, password);
  }

  /** Opens a TCP port of the machine to this computer, until the machine is switched off. @returns the port here */
  async forward(port: number): Promise<number> {
    const here = await freePort();
    const command = `hostfwd_add management tcp:127.0.0.1:${here}-10.0.2.15:${port}`;
    const said = await this.qmp.execute('human-monitor-command', { 'command-line': command });
    if (said !== '') throw new Error(`QEMU: ${String(said)}`);
    return here;
  }

  /** Plugs a NIC (named ens16, ens17 … in the order of the calls) whose cable goes to this port. */
  async plug(port: Port, driver = VIRTIO): Promise<void> {
    this.#nics.push({ port, driver });
    await this.#attach(this.#nics.length - 1);
  }

  /** Cuts or restores the carrier of plugged NIC `index`. */
  async link(index: number, up: boolean): Promise<void> {
    this.#nics[index]?.port.link(up);
    await this.qmp.execute('set_link', { name: `nic${index}`, up });
  }

  /** Writes what the display shows as a PNG. */
  async screenshot(file: string): Promise<void> {
    await this.qmp.execute('screendump', { filename: file, format: 'png' });
  }

  /** Keeps the state of a machine of `bootForSnapshot` in `state` and ends it; disk and memory stay. */
  async save(state: string): Promise<void> {
    await this.qmp.execute('stop');
    await this.qmp.execute('migrate-set-capabilities', IGNORE_SHARED);
    await this.qmp.execute('migrate', { uri: `exec:cat > '${state}'` });
    await this.#migrated();
    await this.qmp.execute('quit');
    await this.#exited;
    live.delete(this);
  }

  get #running() {
    if (!this.#parts) throw new Error(`${this.name} does not run`);
    return this.#parts;
  }

  async #spawn(options: QemuOptions): Promise<void> {
    const [command = '', ...args] = qemuCommand(options);
    for (const name of ['qmp', 'serial', 'agent']) await rm(join(this.dir, name), { force: true });
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const log = createWriteStream(join(this.dir, 'qemu.log'), { flags: 'a' });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    this.#process = child;
    this.#exited = new Promise((resolve) => child.once('exit', resolve).once('error', resolve));
    live.add(this);
    await Promise.race([this.#connect(), this.#exited.then((code) => Promise.reject(this.#failed(code)))]);
  }

  #failed(code: unknown): Error {
    return new Error(`QEMU ended at once (${String(code)}): see ${join(this.dir, 'qemu.log')}`);
  }

  async #connect(): Promise<void> {
    const qmp = await Qmp.open(join(this.dir, 'qmp'));
    const agent = await Agent.open(join(this.dir, 'agent'));
    const line = await until('the serial line', () => tryConnect(join(this.dir, 'serial')));
    line.on('error', () => line.destroy());
    const serial = new Terminal(line);
    this.#parts = { qmp, agent, serial, keyboard: new Keyboard(qmp), screen: new Screen(agent) };
  }

  async #load(state: string): Promise<void> {
    await this.qmp.execute('migrate-set-capabilities', IGNORE_SHARED);
    await this.qmp.execute('migrate-incoming', { uri: `exec:cat '${state}'` });
    await this.#migrated();
    await this.qmp.execute('cont');
  }

  async #migrated(): Promise<void> {
    const done = async () => {
      const { status } = (await this.qmp.execute('query-migrate')) as { status?: string };
      if (status === 'failed') throw new Error('QEMU could not save or load its state');
      return status === 'completed' || undefined;
    };
    await until('saved state', done, { everyMs: 20 });
  }

  async #attach(index: number): Promise<void> {
    const nic = this.#nics[index];
    if (!nic) throw new Error(`${this.name} has no NIC ${index}`);
    const { port, driver } = nic;
    const addr = { type: 'unix', path: await port.listen() };
    await this.qmp.execute('netdev_add', { type: 'stream', id: `port${index}`, server: false, addr });
    await this.qmp.execute('device_add', {
      ...{ driver, id: `nic${index}`, netdev: `port${index}`, mac: port.mac, romfile: '' },
      // Without a speed and duplex 802.3ad aggregates nothing.
      ...(driver === VIRTIO ? { speed: 1000, duplex: 'full' } : {}),
      addr: `0x${(SLOT.nic + index).toString(16)}`,
    });
  }
}

const IGNORE_SHARED = { capabilities: [{ capability: 'x-ignore-shared', state: true }] };

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (!address || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
