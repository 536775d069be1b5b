import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { PassThrough, pipeline, Readable, Transform } from 'node:stream';
import { pipeline as pipe } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { Fault } from '../../api/fault.ts';
import { say, type Words } from '../../api/words.ts';
import { broken, CHUNK, meter } from './compress.ts';
import type { Progress } from './engine.ts';
import { bounded, type Most, NO_LIMIT } from './room.ts';

/** What a file is packed in, by its first bytes. */
type Packing = 'gzip' | 'plain' | Words;

const GZIP = Buffer.from([0x1f, 0x8b]);
const NOT_TAKEN: [Buffer, Words][] = [
  [Buffer.from('fd377a585a00', 'hex'), packedWith('xz', 'xz -d')],
  [Buffer.from('28b52ffd', 'hex'), packedWith('zstd', 'zstd -d')],
  [Buffer.from('BZh'), packedWith('bzip2', 'bzip2 -d')],
  [Buffer.from('504b0304', 'hex'), packedWith('zip', 'unzip')],
  [
    Buffer.from([0xff, 0xfe]),
    say(
      'the file is UTF-16, as PowerShell’s > writes it: dump with --result-file instead',
      '文件为 UTF-16 编码（PowerShell 的 > 所写）：请用 --result-file 重新导出',
    ),
  ],
];

function packedWith(packer: string, unpacker: string): Words {
  return say(
    `the file is packed with ${packer}: unpack it first (${unpacker})`,
    `文件由 ${packer} 压缩：请先解压（${unpacker}）`,
  );
}

async function packingOf(path: string): Promise<Packing> {
  await using file = await open(path, 'r');
  const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0);
  const head = buffer.subarray(0, bytesRead);
  if (head.indexOf(GZIP) === 0) return 'gzip';
  return NOT_TAKEN.find(([magic]) => head.indexOf(magic) === 0)?.[1] ?? 'plain';
}

/** The content of a dump, unpacked. Throws `conflict` (field `file`) when it is in a form that is not taken. */
export async function contentOf(path: string): Promise<Readable> {
  const packing = await packingOf(path);
  if (typeof packing === 'object') throw new Fault('conflict', packing, { field: 'file' });
  const file = createReadStream(path, { highWaterMark: CHUNK });
  if (packing === 'plain') return file;
  // What goes wrong in the file ends the stream that is read.
  return pipeline(file, createGunzip({ chunkSize: CHUNK }), () => {});
}

/** What stands before the dump itself: a mark, warnings of the client that made it, what old clients stumble over. */
const BEFORE = /^\uFEFF|^(?:mysqldump|mariadb-dump|mysql|Warning)[^\n]*: [^\n]*\n|^\/\*M?!999999\\- [^\n]*\n/;
const LONGEST_BEFORE = 4096;

/** What is left of a dump's beginning when that is taken off. */
export function withoutBefore(head: Buffer): Buffer {
  let text = head.toString('utf8', 0, LONGEST_BEFORE);
  let from = 0;
  for (;;) {
    const found = BEFORE.exec(text)?.[0];
    if (found === undefined) return head.subarray(from);
    from += Buffer.byteLength(found);
    text = text.slice(found.length);
  }
}

/** Takes off what stands before a dump, which is within its first chunk. */
export function cleaned(): Transform {
  let first = true;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const text = first ? withoutBefore(chunk) : chunk;
      first = false;
      done(null, text);
    },
  });
}

/**
 * Unpacks a dump into a file that is open to be written, puts it on the disk and closes it. Throws `failed` when it
 * ends within a member, `conflict` when it is more than `most` bytes; one that lacks whole members is told by what is in
 * it, which the engines check.
 */
export async function unpackInto(
  path: string,
  target: FileHandle,
  signal: AbortSignal,
  progress: Progress = () => {},
  most: Most = NO_LIMIT,
): Promise<void> {
  const file = target.createWriteStream({ flush: true, highWaterMark: CHUNK });
  try {
    await pipe(await contentOf(path), meter(progress), bounded(most), file, { signal });
  } catch (thrown) {
    signal.throwIfAborted();
    const { code } = thrown as NodeJS.ErrnoException;
    throw code?.startsWith('Z_') || code === 'ERR_INVALID_ARG_VALUE' ? broken(thrown as Error) : thrown;
  }
}

const END = '-- Dump completed';

/** Adds definitions that the dump itself cannot hold, as comments that a person may read, and its last line once more. */
export const noted = (definitions: readonly string[]): Transform =>
  new Transform({
    transform: (chunk, _encoding, done) => done(null, chunk),
    flush(done) {
      const lines = definitions.flatMap((text) => [
        '-- Not in this dump, since it stands on what is not there:',
        ...text.split(/\r?\n/).map((line) => `-- ${line}`),
      ]);
      done(null, lines.length === 0 ? undefined : `${[...lines, END].join('\n')}\n`);
    },
  });

/** Passes everything on, and fails at the end when the dump's own last line is missing. */
function whole(): Transform {
  let tail = '';
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      tail = (tail + chunk.toString('latin1', Math.max(0, chunk.length - CHUNK))).slice(-200);
      done(null, chunk);
    },
    flush(done) {
      done(tail.includes(END) ? null : noEnd());
    },
  });
}

const noEnd = (): Fault =>
  new Fault('failed', say('the dump is not whole: its last line is missing', '备份不完整：缺少最后一行'), {
    field: 'file',
    next: say(
      'one that was made with --compact or --skip-comments has none: dump again without',
      '使用 --compact 或 --skip-comments 的导出没有该行：请去掉后重新导出',
    ),
  });

/** The SQL in a dump. A file that is cut short, or is no dump, makes the stream fail with a fault. */
export const readDump = (path: string, progress: Progress = () => {}, most: Most = NO_LIMIT): Readable =>
  Readable.from(sqlIn(path, progress, most), { objectMode: false, highWaterMark: CHUNK });

async function* sqlIn(path: string, progress: Progress, most: Most): AsyncGenerator<Buffer> {
  const text = new PassThrough({ highWaterMark: CHUNK });
  // What goes wrong in the chain ends the last stream of it, which is read below.
  pipeline(await contentOf(path), meter(progress), bounded(most), cleaned(), whole(), text, () => {});
  try {
    for await (const chunk of text) yield chunk;
  } catch (error) {
    throw error instanceof Fault ? error : broken(error as Error);
  }
}
