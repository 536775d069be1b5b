import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Files below a folder that hold one of the texts, as they are or packed. */
export function filesWith(folder: string, ...texts: string[]): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true)
    .filter((path) => {
      const bytes = unpacked(path);
      return texts.some((text) => bytes?.includes(text));
    });
}

/**
 * Of an archive what it unpacks to: names and files of a tar lie in it as they are. Undefined for a file that has gone
 * meanwhile: programs run beside the search.
 */
function unpacked(path: string): Buffer | undefined {
  const bytes = whole(path);
  if (bytes === undefined || !path.endsWith('.gz')) return bytes;
  try {
    return gunzipSync(bytes);
  } catch {
    return bytes;
  }
}

function whole(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Processes below this test, whose command lines and environments nobody may learn a password from. */
function descendants(parent: number): number[] {
  const children = textOf(`/proc/${parent}/task/${parent}/children`)
    .trim()
    .split(' ')
    .filter(Boolean)
    .map(Number);
  return [...children, ...children.flatMap(descendants)];
}

export const processesWith = (text: string): number[] =>
  descendants(process.pid).filter((pid) =>
    ['cmdline', 'environ'].some((file) => textOf(`/proc/${pid}/${file}`).includes(text)),
  );

/** A file of /proc; empty when its process has ended meanwhile. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return '';
    throw error;
  }
}

export interface Watch {
  /** The texts that it saw so far. */
  seen(): string[];
  /** Answers how often it looked. */
  stop(): number;
}

/** What `ps` shows of every process, again and again. */
export function watchProcesses(texts: readonly string[]): Watch {
  const seen = new Set<string>();
  let samples = 0;
  const timer = setInterval(() => {
    const shown = execFileSync('ps', ['axeww', '-o', 'args'], { encoding: 'latin1', maxBuffer: 1e8 });
    samples += 1;
    for (const text of texts) if (shown.includes(text)) seen.add(text);
  }, 50);
  return {
    seen: () => [...seen],
    stop: () => {
      clearInterval(timer);
      return samples;
    },
  };
}
