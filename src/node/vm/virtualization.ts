import { known, unknown } from '../../api/reading.ts';
import { say } from '../../api/words.ts';
import { whyOf } from '../../system/errno.ts';
import type { ReadText } from '../../system/proc.ts';
import type { Board } from '../facts/board.ts';
import type { Virtualization } from '../facts/schema.ts';
import type { Supplier } from '../facts/supplier.ts';
import type { Kvm } from './kvm.ts';

/** Milliseconds that a guest is not tried for: a start has better things to do. */
const LATER = 20_000;

/** Whether this machine can run guests at speed: the processor's flag, and whether one ran under KVM. */
export function virtualizationSupplier(
  board: Board,
  readText: ReadText,
  kvm: Pick<Kvm, 'ask' | 'peek'>,
): Supplier {
  const set = (reading: Virtualization['kvm']) =>
    board.set('virtualization', { ...board.facts.virtualization, cpu: cpuSupport(readText), kvm: reading });
  const read = async () => set(await kvm.peek());
  let timer: NodeJS.Timeout | undefined;
  const start = async () => {
    await read();
    timer = setTimeout(async () => set(await kvm.ask()), LATER);
    timer.unref();
  };
  // A module may be loaded later; the flags stay as they are, but are read from the same file at no cost worth saving.
  return { start, stop: () => clearTimeout(timer), polls: [{ every: 30, read }] };
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
