import { closeSync, constants, fstatSync, openSync, rmSync, writeSync } from 'node:fs';

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_WRONLY } = constants;
const MODE = 0o644;
const TRIES = 5;

/**
 * Opens the installation log to go on writing it. Everybody may put things into its folder: no link is followed, and
 * what is no plain file of root's own under this one name is taken away.
 * @returns the descriptor @throws what open(2) says
 */
export function openLog(path: string): number {
  for (let tries = 1; ; tries += 1) {
    const fd = openOwn(path);
    if (fd !== undefined) return fd;
    if (tries === TRIES) throw new Error(`${path}: somebody puts other files there again and again`);
    rmSync(path, { force: true, recursive: true });
  }
}

function openOwn(path: string): number | undefined {
  // Made anew where it is not there: the kernel may refuse to create what another user has there already.
  const fd = tried(path, 0) ?? tried(path, O_CREAT | O_EXCL);
  if (fd === undefined) return undefined;
  const { nlink, uid } = fstatSync(fd);
  if (fstatSync(fd).isFile() && nlink === 1 && uid === process.getuid?.()) return fd;
  closeSync(fd);
  return undefined;
}

const NOT_OURS = new Set(['ENOENT', 'EEXIST', 'ELOOP', 'ENXIO', 'EISDIR', 'EACCES']);

function tried(path: string, flags: number): number | undefined {
  try {
    return openSync(path, O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK | flags, MODE);
  } catch (error) {
    if (NOT_OURS.has((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** One line with its time; a full disk must not end what is told about. */
export function writeLine(fd: number, text: string): void {
  try {
    writeSync(fd, `${new Date().toISOString()} ${text}\n`);
  } catch {
    // The terminal and the journal have it.
  }
}
