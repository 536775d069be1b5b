import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { release } from 'node:os';
import { dirname } from 'node:path';
import { Fault } from '../../api/fault.ts';
import { known, type Reading, unknown } from '../../api/reading.ts';
import { say, type Words } from '../../api/words.ts';
import { bootId } from '../../system/boot.ts';
import { codeOf, whyOf } from '../../system/errno.ts';
import { run } from '../../system/exec.ts';
import { ensureFolder, readText, writeWhole } from '../../system/files.ts';

/** What is tried, and with what. */
export interface KvmParts {
  device: string;
  /** Programs and kernels of which the first that is there is taken. */
  qemu: readonly string[];
  kernels: readonly string[];
  /** File that keeps the outcome until the next boot. */
  record: string;
  /** For tests: how QEMU runs the guest, and milliseconds that it has. */
  accelerator?: string;
  limit?: number;
}

export const kvmParts = (runFolder: string): KvmParts => ({
  device: '/dev/kvm',
  qemu: ['/usr/libexec/qemu-kvm', '/usr/bin/qemu-system-x86_64'],
  kernels: [`/boot/vmlinuz-${release()}`, `/lib/modules/${release()}/vmlinuz`],
  record: `${runFolder}/kvm.json`,
});

type Outcome = Reading<'usable'>;

/** A kernel gets so far in a second or two. */
const LIMIT = 20_000;
const RECORD_LIMIT = 4096;

/** It has no root file system: when it says so it has brought up processor, memory, interrupts and timers. */
const ARGUMENTS = 'console=ttyS0 quiet loglevel=1 panic=-1';
const RAN = 'Kernel panic - not syncing: VFS';

/**
 * Whether guests run under KVM here, by this node's own kernel as a guest: that /dev/kvm opens proves nothing (in a VM
 * whose hypervisor passes the processor's flag on and no more it opens, and guests hang). Asked once a boot.
 */
export class Kvm {
  readonly #parts: KvmParts;
  #outcome: Promise<Outcome> | undefined;

  constructor(parts: KvmParts) {
    this.#parts = parts;
  }

  /** What is known by now, without trying. */
  async peek(): Promise<Outcome> {
    return (await this.#kept()) ?? (await this.#deviceProblem()) ?? unknown(NOT_YET);
  }

  /** Tries where that was not done since the boot. */
  ask(): Promise<Outcome> {
    this.#outcome ??= this.#find().catch((thrown) => {
      this.#outcome = undefined;
      return unknown(whyOf(thrown));
    });
    return this.#outcome;
  }

  async #find(): Promise<Outcome> {
    const kept = await this.#kept();
    if (kept !== undefined) return kept;
    const problem = await this.#deviceProblem();
    if (problem !== undefined) {
      // A module may be loaded later.
      this.#outcome = undefined;
      return problem;
    }
    const outcome = await this.#try();
    await ensureFolder(dirname(this.#parts.record), 0o755);
    await writeWhole(this.#parts.record, JSON.stringify({ boot: bootId(), outcome }), 0o644);
    return outcome;
  }

  async #kept(): Promise<Outcome | undefined> {
    const text = await readText(this.#parts.record, RECORD_LIMIT).catch(() => undefined);
    const { boot, outcome } = (text === undefined ? {} : JSON.parse(text)) as {
      boot?: string;
      outcome?: Outcome;
    };
    return boot === bootId() ? outcome : undefined;
  }

  async #deviceProblem(): Promise<Outcome | undefined> {
    try {
      await (await open(this.#parts.device, 'r+')).close();
      return undefined;
    } catch (thrown) {
      return unknown(codeOf(thrown) === 'ENOENT' ? NO_DEVICE : whyOf(thrown));
    }
  }

  async #try(): Promise<Outcome> {
    const qemu = this.#parts.qemu.find((path) => existsSync(path));
    if (qemu === undefined) return unknown(say('QEMU is not installed', '未安装 QEMU'));
    const kernel = this.#parts.kernels.find((path) => existsSync(path));
    if (kernel === undefined) return unknown(NO_KERNEL);
    const machine = `pc,accel=${this.#parts.accelerator ?? 'kvm'}`;
    const argv = [qemu, '-machine', machine, '-m', '256', '-nodefaults', '-no-user-config'];
    const guest = ['-display', 'none', '-no-reboot', '-serial', 'stdio', '-kernel', kernel];
    try {
      const { stdout, stderr } = await run([...argv, ...guest, '-append', ARGUMENTS], {
        timeout: this.#parts.limit ?? LIMIT,
      });
      return stdout.includes(RAN) ? known('usable') : unknown(ended(stderr));
    } catch (thrown) {
      if (Fault.from(thrown).kind !== 'timeout') throw thrown;
      return unknown(HANGS);
    }
  }
}

const NOT_YET = say('not tried yet', '尚未试运行');
const NO_DEVICE = say(
  '/dev/kvm is missing: kvm_intel or kvm_amd not loaded',
  '缺少 /dev/kvm：未加载 kvm_intel 或 kvm_amd',
);
const NO_KERNEL = say(
  '/dev/kvm opens, but there is no kernel in /boot to try a guest with',
  '/dev/kvm 可打开，但 /boot 中没有可供试运行的内核',
);
const HANGS = say('/dev/kvm opens, but a guest hangs under it', '/dev/kvm 可打开，但客户机在其中挂起');

function ended(stderr: string): Words {
  const last = stderr.trim().split('\n').at(-1) ?? '';
  return say(
    `/dev/kvm opens, but no guest runs under it: ${last}`,
    `/dev/kvm 可打开，但客户机无法运行：${last}`,
  );
}
