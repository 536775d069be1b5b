import { existsSync } from 'node:fs';

const ENFORCES = '/sys/fs/selinux/enforce';
const LABEL = 'security.selinux';

/**
 * Under SELinux a file that takes another one's place would have its folder's label, and the programs that it is for
 * might not be let at it any more: it gets the label of the one that is there.
 * @param path of the file that is there, or is not @param fd of the one that will be
 */
export async function keepLabel(path: string, fd: number): Promise<void> {
  if (!existsSync(ENFORCES)) return;
  // Most programs and machines never need it.
  const { readAttribute, writeAttribute } = await import('./posix.ts');
  const label = readAttribute(path, LABEL);
  if (label !== undefined) writeAttribute(fd, LABEL, label);
}
