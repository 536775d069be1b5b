import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The files under a folder that hold the text. */
export async function filesWith(folder: string, text: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const held = await Promise.all(
    files.map(async (file) => (await readFile(file).catch(ofWhatHasGone)).includes(text)),
  );
  return files.filter((_, index) => held[index]);
}

/** Programs run beside the search. */
function ofWhatHasGone(error: NodeJS.ErrnoException): Buffer {
  if (error.code === 'ENOENT') return Buffer.alloc(0);
  throw error;
}

/**
 * Looks at every process's arguments and environment, as fast as it can, until `stop`, which answers where the text was
 * seen. `seen` fills meanwhile.
 */
export function watchProcesses(text: string): { seen: ReadonlySet<string>; stop(): Promise<string[]> } {
  const seen = new Set<string>();
  let going = true;
  const watching = (async () => {
    while (going) await look(text, seen);
  })();
  return {
    seen,
    stop: async () => {
      going = false;
      await watching;
      return [...seen];
    },
  };
}

async function look(text: string, seen: Set<string>): Promise<void> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
  for (const pid of pids) {
    for (const part of ['cmdline', 'environ']) {
      const bytes = await readFile(`/proc/${pid}/${part}`).catch(() => undefined);
      if (bytes?.includes(text)) seen.add(`${pid} ${part}`);
    }
  }
}
