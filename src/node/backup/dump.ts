import { createReadStream } from 'node:fs';
import { pipeline, Readable, Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { run } from '../../system/exec.ts';
import { pipeThrough } from '../../system/pipe.ts';
import { openAsRoot } from '../database/apply.ts';
import { broken, CHUNK, compressInto, meter, nameDisk, syncFile } from './compress.ts';
import type { Progress } from './engine.ts';

/** What the management service keeps in the database. */
export const DATABASES = ['zstack', 'zstack_rest'];
const LIMIT_MILLISECONDS = 6 * 3_600_000;
const END = '-- Dump completed';
/** Old clients stumble over this first line of new dumps. */
const SANDBOX = /^\/\*M?!999999\\- enable the sandbox mode \*\/ ?\n/;

/** Those of ours that are there. */
export async function ownDatabases(socket: string): Promise<string[]> {
  using database = await openAsRoot(socket);
  const rows = await database.query('SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA');
  const there = new Set(rows.map(({ name }) => String(name)));
  return DATABASES.filter((name) => there.has(name));
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
  const output = (stdout: Readable) => compressInto(stdout, path, progress, withoutSandbox());
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

/**
 * Loads a dump into the server behind the socket, as its root. A dump is text from anywhere: the client must not take
 * the lines in it that run programs or name files. One that cannot be told so gets no dump that has such lines.
 */
export async function load(
  socket: string,
  path: string,
  signal: AbortSignal,
  progress?: Progress,
): Promise<void> {
  const hasSandbox = await knowsSandbox();
  const client = ['mariadb', '--no-defaults', '--local-infile=0', ...(hasSandbox ? ['--sandbox'] : [])];
  const argv = [...client, `--socket=${socket}`, '--user=root', '--default-character-set=utf8mb4', '--batch'];
  const text = readDump(path, progress);
  const input = hasSandbox ? text : text.compose(withoutCommands());
  await pipeThrough(argv, { timeout: LIMIT_MILLISECONDS, input, signal });
}

/** Clients from before 2024 have no such option. */
const knowsSandbox = async (): Promise<boolean> =>
  (await run(['mariadb', '--no-defaults', '--help'], { timeout: 10_000 })).stdout.includes('--sandbox');

/** A client's commands at the start of a line that reach beyond the database. Lines of data are never broken in two. */
const WORD = /\n\s*(?:system|source|tee|pager|edit|connect|charset)(?=[\s;])/i;
/**
 * The same by their letters, which the client takes anywhere but in quotes. No dump escapes any of these, so what is
 * quoted need not be known: two backslashes are one that is escaped, in quotes and out of them.
 */
const LETTER = /(?<!\\)(?:\\\\)*\\[!.TPeC]/;
/** What may be the beginning of either. */
const BEGINNING = /(?:\n\s*[a-z]{0,8}|\\+)$/i;

/** Passes everything on until a line would make a client run a program, read a file or write one. */
export function withoutCommands(): Transform {
  // What was not weighed yet: the first line begins as if another one had ended.
  let before = '\n';
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const text = before + chunk.toString('latin1');
      if (WORD.test(text) || LETTER.test(text)) return done(runsPrograms());
      before = BEGINNING.exec(text)?.[0] ?? '';
      done(null, chunk);
    },
  });
}

const runsPrograms = (): Fault =>
  new Fault(
    'conflict',
    say(
      'the dump holds commands that run programs or read and write files',
      '备份中包含可运行程序或读写文件的命令',
    ),
    { field: 'file' },
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
