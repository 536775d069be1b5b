import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { compressInto } from '../backup/compress.ts';
import type { DatabaseEngine } from './plan.ts';

/** A dump of these databases without anything in them, in the folder of the dumps. Answers its path. */
export async function emptyDump(
  engine: DatabaseEngine,
  databases: readonly string[],
  folder: string,
): Promise<string> {
  const path = join(folder, `.zstack-empty-${randomBytes(4).toString('hex')}.partial`);
  await compressInto(Readable.from([Buffer.from(content(engine, databases))]), path, () => {});
  return path;
}

/** The service makes its tables by itself. A file without a byte is an empty store. */
function content(engine: DatabaseEngine, databases: readonly string[]): string {
  if (engine === 'embedded') return '';
  const statements = databases.map((name) => `CREATE DATABASE \`${name}\` DEFAULT CHARACTER SET utf8mb4;`);
  return [...statements, '-- Dump completed', ''].join('\n');
}
