import { readlinkSync } from 'node:fs';

/** What this program reads its keys from, as `/dev/ttyS0`. */
export function inputDevice(): string {
  try {
    return readlinkSync('/proc/self/fd/0');
  } catch {
    return 'unknown';
  }
}
