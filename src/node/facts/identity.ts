import { hostname, release } from 'node:os';
import type { Role } from '../../api/role.ts';
import type { ReadText } from '../../system/proc.ts';
import type { Identity } from './schema.ts';

/** Who this node is. The operating system's name is that of os-release, or `Linux` where that file is missing. */
export function readIdentity(role: Role, version: string, readText: ReadText): Identity {
  return { role, hostname: hostname(), version, os: systemName(readText), kernel: release() };
}

function systemName(readText: ReadText): string {
  try {
    return /^PRETTY_NAME="?([^"\n]+)"?$/m.exec(readText('/etc/os-release'))?.[1] ?? 'Linux';
  } catch {
    return 'Linux';
  }
}
