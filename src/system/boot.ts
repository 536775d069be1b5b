import { readFileSync } from 'node:fs';

/** Names this boot: another one after each start of the machine. */
export const bootId = (): string => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();

/** Names this installation; where it has no name of its own, this boot. */
export function machineId(path = '/etc/machine-id'): string {
  try {
    return readFileSync(path, 'latin1').trim() || bootId();
  } catch {
    return bootId();
  }
}
