import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline, Readable, Transform } from 'node:stream';
import { pipeline as piped } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { diskTrouble } from '../../system/files.ts';
import { pipeThrough } from '../../system/pipe.ts';
import { openAsRoot } from '../database/apply.ts';

/** What the management service keeps in the database. */
const DATABASES = ['zstack', 'zstack_rest'];
const LIMIT_MILLISECONDS = 6 * 3_600_000;
const CHUNK = 256 * 1024;
const END = '-- Dump completed';
/** Old clients stumble over this first line of new dumps. */
const SANDBOX = /^\/\*M?!999999\\- enable the sandbox mode \*\/ ?\n/;

export type Progress = (bytes: number) => void;

/** Those of ours that are there. Throws `notFound` when there is none. */
export async function ownDatabases(socket: string): Promise<string[]> {
  using database = await openAsRoot(socket);
  const rows = await database.query('SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA');
  const there = new Set(rows.map(({ name }) => String(name)));
  const own = DATABASES.filter((name) => there.has(name));
  if (own.length > 0) return own;
  throw new Fault('notFound', say('MySQL has no database zstack', 'MySQL 中没有数据库 zstack'));
}

/** Dumps databases consistently into a compressed file that is on the disk when this settles. Reports bytes of SQL. */
export async function dump(
  socket: string,
  databases: readonly string[],
  path: string,
  signal: AbortSignal,
  progress: Progress,
): Promise<void> {
  const argv = [
    'mariadb-dump',
    ...['--no-defaults', `--socket=${socket}`, '--user=root', '--default-character-set=utf8mb4'],
    ...['--single-transaction', '--quick', '--routines', '--events', '--triggers', '--hex-blob'],
    ...['--databases', ...databases],
  ];
  const output = async (stdout: Readable) => {
    const file = createWriteStream(path, { mode: 0o600, flags: 'wx', highWaterMark: CHUNK });
    await piped(stdout, withoutSandbox(), meter(progress), createGzip({ chunkSize: CHUNK }), file);
  };
  await pipeThrough(argv, { timeout: LIMIT_MILLISECONDS, output, signal }).catch(nameDisk);
  await syncFile(path);
}

/** The SQL in a dump. A file that is cut short, or is no dump, makes the stream fail with a `failed` fault. */
export const readDump = (path: string, progress: Progress = () => {}): Readable =>
  Readable.from(sqlIn(path, progress), { objectMode: false, highWaterMark: CHUNK });

async function* sqlIn(path: string, progress: Progress): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: CHUNK });
  const text = whole();
  // What goes wrong in the chain ends the last stream of it, which is read below.
  pipeline(file, createGunzip({ chunkSize: CHUNK }), meter(progress), text, () => {});
  try {
    for await (const chunk of text) yield chunk;
  } catch (error) {
    throw error instanceof Fault ? error : broken(error as Error);
  }
}

/** Loads a dump into the server behind the socket, as its root. */
export const load = (socket: string, path: string, signal: AbortSignal, progress?: Progress): Promise<void> =>
  pipeThrough(
    [
      'mariadb',
      '--no-defaults',
      `--socket=${socket}`,
      '--user=root',
      '--default-character-set=utf8mb4',
      '--batch',
    ],
    { timeout: LIMIT_MILLISECONDS, input: readDump(path, progress), signal },
  );

function withoutSandbox(): Transform {
  let first = true;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const head = first ? (SANDBOX.exec(chunk.toString('latin1', 0, 100))?.[0].length ?? 0) : 0;
      first = false;
      done(null, head === 0 ? chunk : chunk.subarray(head));
    },
  });
}

function meter(progress: Progress): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      progress(bytes);
      done(null, chunk);
    },
  });
}

/** Passes everything on, and fails at the end when the dump's own last line is missing. */
function whole(): Transform {
  let tail = '';
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      tail = (tail + chunk.toString('latin1', Math.max(0, chunk.length - CHUNK))).slice(-200);
      done(null, chunk);
    },
    flush(done) {
      done(tail.includes(END) ? null : broken(new Error('its last line is missing')));
    },
  });
}

async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const broken = (error: Error): Fault =>
  new Fault('failed', say(`the dump is not whole: ${error.message}`, `备份不完整：${error.message}`), {
    cause: error,
  });

function nameDisk(thrown: unknown): never {
  if (thrown instanceof Fault) throw thrown;
  const why = diskTrouble(thrown);
  throw new Fault('failed', say(`the dump cannot be written: ${why}`, `无法写入备份：${why}`), {
    cause: thrown,
  });
}
