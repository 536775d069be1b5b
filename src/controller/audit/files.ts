import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** The record files, oldest first. Each is named by the number of its first record. */
export async function recordFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names.filter((name) => /^audit-\d{12}\.jsonl$/.test(name)).sort();
}

export const fileFor = (seq: number): string => `audit-${String(seq).padStart(12, '0')}.jsonl`;

export interface Tail {
  /** The last whole line; undefined when there is none. */
  line: string | undefined;
  /** Bytes up to the end of that line; what follows was torn by a crash. */
  end: number;
}

/** No record is longer. */
const WINDOW = 64 * 1024;

export async function readTail(folder: string, name: string): Promise<Tail> {
  const path = join(folder, name);
  const { size } = await stat(path);
  const start = Math.max(0, size - WINDOW);
  const bytes = await readPart(path, start);
  const last = bytes.lastIndexOf(10);
  if (last < 0) return { line: undefined, end: start };
  const before = bytes.subarray(0, last).lastIndexOf(10);
  return { line: bytes.toString('utf8', before + 1, last), end: start + last + 1 };
}

/** The first line, whole or not. */
export async function readFirstLine(folder: string, name: string): Promise<string> {
  const bytes = await readPart(join(folder, name), 0);
  const end = bytes.indexOf(10);
  return bytes.toString('utf8', 0, end < 0 ? bytes.length : end);
}

async function readPart(path: string, start: number): Promise<Buffer> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(WINDOW), 0, WINDOW, start);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
