import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Fault, type FaultRecord } from '../../api/fault.ts';
import { say, type Words } from '../../api/words.ts';
import { runLines } from '../../system/exec.ts';
import { ensureFolder } from '../../system/files.ts';
import type { CopiedToStick, Stick } from './schema.ts';
import { findSticks } from './sticks.ts';

export interface StickParts {
  /** Folder of the shares. */
  exports: string;
  /** Folder in which a stick's file system is mounted, seen by the copying program alone. */
  mounts: string;
}

/** A line that the copying program says. */
export type StickNews = { copied: number } | { checked: number } | { done: true } | { fault: FaultRecord };

const ARCHIVE = /^collect-log-.*\.tar\.gz$/;

/** The newest archive of logs that is still handed out. Throws `notFound`. */
async function newestArchive(exports: string): Promise<string> {
  const names = await readdir(exports, { recursive: true }).catch(() => []);
  const archives = names.filter((name) => name.split('/').length === 2 && ARCHIVE.test(basename(name)));
  const dated = archives.map(async (name) => {
    const path = join(exports, name);
    return { path, made: (await stat(path)).mtimeMs };
  });
  const newest = (await Promise.all(dated)).sort((one, other) => other.made - one.made)[0];
  if (newest !== undefined) return newest.path;
  throw new Fault('notFound', say('there is no archive of logs', '没有日志包'), {
    next: say('collect the logs first', '请先收集日志'),
  });
}

async function usableStick(device: string): Promise<Stick & { type: string }> {
  const stick = (await findSticks()).find((one) => one.device === device);
  if (stick === undefined) {
    throw new Fault('notFound', say(`there is no stick ${device}`, `没有 U 盘 ${device}`), {
      field: 'device',
    });
  }
  const { problem, type } = stick;
  if (problem !== undefined || type === undefined) {
    throw new Fault('conflict', problem ?? say('no file system', '没有文件系统'), { field: 'device' });
  }
  return { ...stick, type };
}

/**
 * Copies the newest archive onto a stick and reads it back. The work is done by a program in a mount namespace of its
 * own: nobody else sees the stick mounted, and the kernel unmounts it when that program ends, however it ends.
 */
export async function copyToStick(
  { exports, mounts }: StickParts,
  device: string,
  { signal, progress }: { signal: AbortSignal; progress(words: Words, fraction?: number): void },
): Promise<CopiedToStick> {
  const archive = await newestArchive(exports);
  const stick = await usableStick(device);
  const { size } = await stat(archive);
  await ensureFolder(mounts);
  const tell = (news: StickNews) => {
    if ('copied' in news) progress(COPYING, (0.6 * news.copied) / size);
    if ('checked' in news) progress(CHECKING, 0.6 + (0.4 * news.checked) / size);
  };
  await carry([device, stick.type, archive, mounts], signal, tell);
  return { name: basename(archive), size, device, model: stick.model };
}

const COPYING = say('copying', '正在复制');
const CHECKING = say('reading it back', '正在校验');

/** Throws what the program says went wrong. */
async function carry(
  words: readonly string[],
  signal: AbortSignal,
  tell: (news: StickNews) => void,
): Promise<void> {
  const program = join(dirname(process.argv[1] ?? ''), 'stick-copy.cjs');
  const argv = ['unshare', '--mount', '--propagation', 'private', process.execPath, program, ...words];
  let last: StickNews | undefined;
  const child = runLines(argv, {
    onLine(text) {
      last = JSON.parse(text) as StickNews;
      tell(last);
    },
  });
  // It takes back what it began.
  const stop = () => child.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const { code, stderr } = await child.ended;
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
  if (last !== undefined && 'fault' in last) throw Fault.fromRecord(last.fault);
  if (code === 0 && last !== undefined && 'done' in last) return;
  const why = stderr.trim().split('\n').at(-1) || `exit code ${code}`;
  throw new Fault('failed', say(`the copy ended: ${why}`, `复制中断：${why}`));
}
