import { fs, glob, path } from 'zx';

/** One file of a package. `to` is its place on the node, without the first slash. */
export interface Entry {
  to: string;
  /** What it holds: a file of this machine, a text, or where a symbolic link points. */
  content: { from: string } | { text: string | Buffer } | { link: string };
  mode: number;
  /** An administrator may edit it: an upgrade keeps what stands there. */
  config?: boolean;
}

/** Every file below a folder, at the same place below `to`; what `leave` matches is left out. */
export async function folder(from: string, to: string, leave?: RegExp): Promise<Entry[]> {
  const names = await glob('**', { cwd: from, dot: true, onlyFiles: true });
  return Promise.all(
    names
      .filter((name) => !leave?.test(name))
      .sort()
      .map((name) => file(path.join(from, name), path.join(to, name))),
  );
}

/** A file of this machine. It can be executed where it can be here; so can native add-ons, which rpm reads only then. */
export async function file(from: string, to: string): Promise<Entry> {
  const { mode } = await fs.stat(from);
  const executable = (mode & 0o100) !== 0 || to.endsWith('.node');
  return { to, content: { from }, mode: executable ? 0o755 : 0o644 };
}

export function text(to: string, words: string | Buffer): Entry {
  return { to, content: { text: words }, mode: 0o644 };
}

export function link(to: string, target: string): Entry {
  return { to, content: { link: target }, mode: 0o777 };
}

/** Lays the files out below `stage` as they will lie on a node. */
export async function lay(entries: readonly Entry[], stage: string): Promise<void> {
  for (const { to, content, mode } of entries) {
    const place = path.join(stage, to);
    await fs.ensureDir(path.dirname(place));
    if ('link' in content) {
      await fs.symlink(content.link, place);
      continue;
    }
    if ('from' in content) await fs.copyFile(content.from, place);
    else await fs.writeFile(place, content.text);
    await fs.chmod(place, mode);
  }
}
