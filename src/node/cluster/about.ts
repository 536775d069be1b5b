import { availableParallelism, hostname, totalmem } from 'node:os';
import type { ReadText } from '../../system/proc.ts';
import type { HostAbout } from './schema.ts';

/** What this host is. @param address under which it is managed, where it has one */
export function aboutHost(version: string, address: string | undefined, readText: ReadText): HostAbout {
  const about = { hostname: hostname(), version, cpus: availableParallelism(), memory: totalmem() };
  const sockets = socketsIn(readText('/proc/cpuinfo'));
  return { ...about, sockets, ...(address === undefined ? {} : { address }) };
}

/** A virtual machine's processor may not say in which socket it is: one, then. */
const socketsIn = (cpuinfo: string): number =>
  Math.max(1, new Set(cpuinfo.match(/^physical id\s*: \d+$/gm)).size);
