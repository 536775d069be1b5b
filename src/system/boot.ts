import { readFileSync } from 'node:fs';

/** Names this boot: another one after each start of the machine. */
export const bootId = (): string => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
