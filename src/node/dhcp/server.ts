import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { mustRun, run } from '../../system/exec.ts';
import { ensureFolder, readText, writeWhole } from '../../system/files.ts';
import { masterOf } from '../../system/iproute.ts';
import { configText, type DhcpNetwork, INSIDE } from './config.ts';

const LIMIT = 1024 * 1024;
const SHORT = 10_000;
/** Milliseconds for dnsmasq to write its number down, and to end. */
const PATIENCE = 5_000;
const LOOK = 20;

const PROGRAMS = ['/usr/sbin/dnsmasq', '/usr/bin/dnsmasq'];

const hasSystemd = (): boolean => existsSync('/run/systemd/system');

/**
 * The DHCP server of one network: dnsmasq in a network namespace that lives and ends with it, and a link from there to
 * the network's bridge. A unit of its own where systemd runs, so that it outlives the controller.
 */
export class DhcpServer {
  readonly #l3: string;
  readonly #config: string;
  readonly #pidFile: string;

  /** @param folder of the files of all servers, which end with the boot */
  constructor(folder: string, l3: string) {
    this.#l3 = l3;
    this.#config = join(folder, l3, 'dnsmasq.conf');
    this.#pidFile = join(folder, l3, 'pid');
  }

  /** The end of the link that is at the bridge. */
  get #outside(): string {
    return `dh${this.#l3.slice(0, 12)}`;
  }

  get #unit(): string {
    return `zs-dhcp-${this.#l3}.service`;
  }

  /** Makes it so; what is so already stays as it is. With other values it begins anew: it has nothing to lose. */
  async ensure(network: DhcpNetwork, bridge: string): Promise<void> {
    const text = configText(network, this.#pidFile);
    if ((await readText(this.#config, LIMIT)) !== text) {
      await this.stop();
      await ensureFolder(dirname(this.#config));
      await writeWhole(this.#config, text);
    }
    await this.#connect((await this.#pid()) ?? (await this.#start()), network, bridge);
  }

  /** Whether it runs and its link is at the bridge. */
  async stands(bridge: string): Promise<boolean> {
    return (await masterOf(this.#outside)) === bridge && (await this.#pid()) !== undefined;
  }

  /** Namespace and link end with it. */
  async stop(): Promise<void> {
    const pid = await this.#pid();
    if (pid !== undefined && hasSystemd())
      await run(['systemctl', 'stop', this.#unit], { timeout: 2 * SHORT });
    else if (pid !== undefined) process.kill(pid, 'SIGKILL');
    const end = performance.now() + PATIENCE;
    while ((await this.#pid()) !== undefined && performance.now() < end) await sleep(LOOK);
    await rm(this.#pidFile, { force: true });
    await run(['ip', 'link', 'delete', 'dev', this.#outside], { timeout: SHORT });
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(dirname(this.#config), { recursive: true, force: true });
  }

  /** Of the one that runs by these files. */
  async #pid(): Promise<number | undefined> {
    const pid = Number(await readText(this.#pidFile, 64).catch(() => undefined));
    if (!Number.isInteger(pid) || pid <= 1) return undefined;
    const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return words.split('\0').includes(`--conf-file=${this.#config}`) ? pid : undefined;
  }

  async #start(): Promise<number> {
    await rm(this.#pidFile, { force: true });
    const argv = [program(), `--conf-file=${this.#config}`];
    await mustRun(hasSystemd() ? this.#asUnit(argv) : ['unshare', '--net', ...argv], { timeout: SHORT });
    const end = performance.now() + PATIENCE;
    while (performance.now() < end) {
      const started = await this.#pid();
      if (started !== undefined) return started;
      await sleep(LOOK);
    }
    throw new Fault('failed', say('dnsmasq did not start', 'dnsmasq 未能启动'));
  }

  #asUnit(argv: readonly string[]): string[] {
    const settings = ['Type=forking', `PIDFile=${this.#pidFile}`, 'PrivateNetwork=yes'];
    const protections = ['LimitCORE=0', 'ProtectHome=yes', 'ProtectSystem=yes', 'LockPersonality=yes'];
    const properties = [...settings, ...protections].map((each) => `--property=${each}`);
    return ['systemd-run', '--quiet', '--collect', `--unit=${this.#unit}`, ...properties, '--', ...argv];
  }

  /** The link from its namespace to the bridge. */
  async #connect(pid: number, { server, prefix }: DhcpNetwork, bridge: string): Promise<void> {
    const outside = this.#outside;
    const there = await masterOf(outside);
    if (there === bridge) return;
    if (there !== undefined) await ip('link', 'delete', 'dev', outside);
    await ip('link', 'add', outside, 'type', 'veth', 'peer', 'name', INSIDE, 'netns', String(pid));
    const inside = (...words: string[]) =>
      mustRun(['nsenter', '--net', `--target=${pid}`, 'ip', ...words], { timeout: SHORT });
    await inside('link', 'set', 'dev', INSIDE, 'addrgenmode', 'none');
    await inside('link', 'set', 'lo', 'up');
    await inside('address', 'replace', `${server}/${prefix}`, 'dev', INSIDE);
    await inside('link', 'set', INSIDE, 'up');
    // Last: a link that is at the bridge is whole.
    await ip('link', 'set', outside, 'up', 'master', bridge);
  }
}

const ip = (...words: string[]): Promise<string> => mustRun(['ip', ...words], { timeout: SHORT });

/** Throws `unavailable`. */
function program(): string {
  const found = PROGRAMS.find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new Fault('unavailable', say('dnsmasq is not installed', '未安装 dnsmasq'), {
    next: say(
      'install dnsmasq-base (Debian) or dnsmasq (Enterprise Linux)',
      '请安装 dnsmasq-base（Debian）或 dnsmasq（Enterprise Linux）',
    ),
  });
}
