import { open } from 'node:fs/promises';
import { known, type Reading, unknown } from '../../api/reading.ts';
import { say } from '../../api/words.ts';
import { codeOf, whyOf } from '../../system/errno.ts';
import type { ReadText } from '../../system/proc.ts';
import type { Board } from '../facts/board.ts';
import type { Virtualization } from '../facts/schema.ts';
import type { Supplier } from '../facts/supplier.ts';

/** Whether this machine can run guests at speed: the processor's flag and the kernel's device. */
export function virtualizationSupplier(board: Board, readText: ReadText): Supplier {
  const read = async () => {
    const cpu = cpuSupport(readText);
    const kvm = await kvmDevice();
    board.set('virtualization', { ...board.facts.virtualization, cpu, kvm });
  };
  // A module may be loaded later; the flags stay as they are, but are read from the same file at no cost worth saving.
  return { start: read, polls: [{ every: 30, read }] };
}

function cpuSupport(readText: ReadText): Virtualization['cpu'] {
  try {
    const flag = parseVirtualizationFlag(readText('/proc/cpuinfo'));
    if (flag !== undefined) return known(flag);
    return unknown(
      say('no vmx or svm: off in the firmware, or a guest', '无 vmx/svm：固件中已关闭，或本机是虚拟机'),
    );
  } catch (thrown) {
    return unknown(whyOf(thrown));
  }
}

/** The flag by which an x86 processor says that it can virtualize. */
export function parseVirtualizationFlag(cpuinfo: string): 'vmx' | 'svm' | undefined {
  const flags = /^flags\s*:(.*)$/m.exec(cpuinfo)?.[1]?.split(' ') ?? [];
  return flags.includes('vmx') ? 'vmx' : flags.includes('svm') ? 'svm' : undefined;
}

async function kvmDevice(): Promise<Reading<'usable'>> {
  try {
    await (await open('/dev/kvm', 'r+')).close();
    return known('usable');
  } catch (thrown) {
    const missing = say(
      '/dev/kvm is missing: kvm_intel or kvm_amd not loaded',
      '缺少 /dev/kvm：未加载 kvm_intel 或 kvm_amd',
    );
    return unknown(codeOf(thrown) === 'ENOENT' ? missing : whyOf(thrown));
  }
}
