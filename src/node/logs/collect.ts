import { access, lstat, readdir, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Fault } from '../../api/fault.ts';
import type { Role } from '../../api/role.ts';
import { say, type Words } from '../../api/words.ts';
import { ENVIRONMENT } from '../../system/exec.ts';
import { diskTrouble } from '../../system/files.ts';
import { pipeThrough } from '../../system/pipe.ts';
import { compressInto } from '../backup/compress.ts';
import { stampOf } from '../backup/files.ts';
import type { Layout } from '../zstack/layout.ts';
import { ALL_LINES, BOUNDS, Copier, LINES } from './copy.ts';
import { lostJournal } from './journal.ts';
import { Mask } from './mask.ts';
import type { Collected, Span } from './schema.ts';
import { knownSecrets } from './secrets.ts';
import { draftShare, dropShare, openShare, readableByServer, type ShareParts } from './shares.ts';
import { type Period, sourcesOf, type Told } from './sources.ts';
import type { StickParts } from './stick.ts';
import { threads } from './threads.ts';

export interface CollectParts extends ShareParts, StickParts {
  role: Role;
  version: string;
  layout: Layout;
}

export interface CollectOptions extends Period {
  /** Back from now, where no `since` is given. */
  span: Span;
  full: boolean;
  /** What every thread waits in as well. */
  threads: boolean;
  hours: number;
  signal: AbortSignal;
  progress(words: Words, fraction?: number): void;
}

const HOURS: Record<Span, number | undefined> = { hour: 1, day: 24, all: undefined };
const HOUR = 3_600_000;

function sinceOf(span: Span): number | undefined {
  const hours = HOURS[span];
  return hours === undefined ? undefined : Date.now() - hours * HOUR;
}

const TOLD_MILLISECONDS = 60_000;
const TOLD_BYTES = 64 * 1024 * 1024;
const PACK_MILLISECONDS = 3_600_000;

/** Collects this node's logs into a share and an archive of it. Nothing is left behind when it fails. */
export async function collect(parts: CollectParts, options: CollectOptions): Promise<Collected> {
  const draft = await draftShare(parts);
  try {
    const name = `${parts.role === 'management' ? 'management-node' : 'host'}-${(await parts.address().catch(() => undefined)) ?? hostname()}`;
    const copier = await fill(parts, join(draft.folder, name), options);
    options.progress(say('packing the archive', '正在打包'), 0.8);
    const whole = `collect-log-${parts.version}-${stampOf(new Date()).slice(0, -3)}.tar.gz`;
    const path = join(draft.folder, whole);
    await pack(draft.folder, name, path, options.signal);
    await handOver(draft.folder);
    const title = `Logs of ${hostname()}`;
    const shared = await openShare(parts, draft, { title, whole, hours: options.hours });
    const { size } = await stat(path);
    return { ...shared, path, size, files: copier.files, cut: copier.cut };
  } catch (thrown) {
    await dropShare(parts, draft);
    throw thrown;
  }
}

/** Compressed in this process: its zlib is faster than gzip, and works beside tar. */
async function pack(folder: string, name: string, path: string, signal: AbortSignal): Promise<void> {
  const output = (stdout: Readable) => compressInto(stdout, path, () => {});
  const argv = ['tar', '-C', folder, '-cf', '-', '--', name];
  try {
    await pipeThrough(argv, { timeout: PACK_MILLISECONDS, output, signal });
  } catch (thrown) {
    signal.throwIfAborted();
    if (thrown instanceof Fault) throw thrown;
    const why = diskTrouble(thrown);
    throw new Fault('failed', say(`the archive cannot be written: ${why}`, `无法写入日志包：${why}`));
  }
}

async function fill(parts: CollectParts, folder: string, options: CollectOptions): Promise<Copier> {
  const period = { since: options.since ?? sinceOf(options.span), until: options.until };
  const mask = new Mask(await knownSecrets(parts.layout.properties));
  const bounds = {
    ...BOUNDS,
    lines: options.full ? ALL_LINES : LINES,
    since: period.since,
    until: period.until,
  };
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const copier = new Copier(folder, mask, bounds, signal);
  const sources = sourcesOf(parts.role, parts.layout, period);
  const count = sources.logs.length + sources.told.length;
  let done = 0;
  const step = (what: string) => {
    options.progress(say(`collecting ${what}`, `正在收集 ${what}`), (0.8 * done) / count);
    done += 1;
  };
  const copyAll = async () => {
    for (const source of sources.logs) {
      step(source.path);
      await copier.take(source);
    }
  };
  const askAll = async () => {
    for (const source of sources.told) {
      step(source.file);
      await ask(copier, source, signal);
    }
    if (options.threads) await copier.program('threads', TOLD_BYTES, tellThreads);
  };
  // Programs mostly wait; what goes wrong in the one ends the other before anything is cleared away.
  const works = [copyAll(), askAll()].map((work) =>
    work.catch((thrown) => {
      stop.abort(thrown);
      throw thrown;
    }),
  );
  for (const end of await Promise.allSettled(works)) if (end.status === 'rejected') throw end.reason;
  const before = await lostJournal();
  if (before !== undefined) copier.note(before);
  await copier.write('left_out', copier.cut.map((line) => `${line}\n`).join(''));
  return copier;
}

async function tellThreads(take: (stdout: Readable) => Promise<void>): Promise<string> {
  await take(Readable.from(threads()));
  return '';
}

/** A program that fails says so in its place: that is news as well. One that is not installed is none. */
async function ask(copier: Copier, { file, argv }: Told, signal: AbortSignal): Promise<void> {
  if (!(await isInstalled(argv[0] ?? ''))) return;
  await copier.program(file, TOLD_BYTES, async (output) => {
    try {
      await pipeThrough(argv, { timeout: TOLD_MILLISECONDS, output, signal });
      return '';
    } catch (thrown) {
      signal.throwIfAborted();
      if (!(thrown instanceof Fault)) throw thrown;
      return `(${thrown.words.en})\n`;
    }
  });
}

const isInstalled = (program: string): Promise<boolean> =>
  Promise.any(ENVIRONMENT.PATH.split(':').map((folder) => access(join(folder, program)))).then(
    () => true,
    () => false,
  );

/** Everything in the share becomes the export server's to read. */
async function handOver(path: string): Promise<void> {
  const stats = await lstat(path);
  await readableByServer(path, stats.isDirectory());
  if (!stats.isDirectory()) return;
  for (const name of await readdir(path)) await handOver(join(path, name));
}
