import { readFile } from 'node:fs/promises';
import path from 'node:path';

const HERE = import.meta.dirname;
const APPEND = /^%ksappend\s+(\S+)\s*$/gm;

/** A kickstart of this folder as one text, with its pieces in their places: the installer reads no second file. */
export async function assembled(name: string): Promise<string> {
  const text = await readFile(path.join(HERE, name), 'utf8');
  const pieces = [...text.matchAll(APPEND)].map((match) => match[1] ?? '');
  const texts = new Map(
    await Promise.all(
      pieces.map(async (piece) => [piece, await readFile(path.join(HERE, piece), 'utf8')] as const),
    ),
  );
  return text.replace(APPEND, (_, piece: string) => (texts.get(piece) ?? '').trimEnd());
}
