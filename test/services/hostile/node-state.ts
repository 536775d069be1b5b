import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join, relative } from 'node:path';

/**
 * What may differ: records of what was asked for, and who failed to give the password; logs that were collected, which
 * Enter alone does behind the password, and the record of that job; whether KVM runs guests, which the node tries by itself.
 */
const RECORDS =
  /^(log|audit-head|console|lib\/export|data\/jobs)\/|^run\/kvm\.json$|(^|\/)(audit|lockout|checks|guard)/;

/** The files under a folder, each with a digest of what is in it: `path: digest`. */
function digests(folder: string, left: RegExp): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !left.test(relative(folder, path)))
    .map((path) => `${relative(folder, path)}: ${digest(path)}`)
    .sort();
}

function digest(path: string): string {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex');
  } catch {
    return `link to ${readlinkSync(path)}`;
  }
}

/** The state of a node under test, to be compared: its settings and data when they are asked for, its own /etc, its network. */
export function stateOf(data: string | undefined, etc: string, network: readonly string[]): string[] {
  const links = execFileSync(network[0] ?? '', [...network.slice(1), 'ip', '-o', 'address'], {
    encoding: 'utf8',
  });
  return [
    ...(data === undefined ? [] : digests(data, RECORDS)).map((row) => `data ${row}`),
    ...digests(etc, /^(mtab|resolv\.conf)$/).map((row) => `etc ${row}`),
    links.replace(/(valid|preferred)_lft \S+/g, ''),
  ];
}
