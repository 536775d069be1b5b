import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { Fault } from '../api/fault.ts';
import { say } from '../api/words.ts';

/** What every child gets and nothing else: a fixed path, and answers in English. */
export const ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LANG: 'C.UTF-8',
  LC_ALL: 'C.UTF-8',
};

const MEBIBYTE = 1024 * 1024;

export interface RunOptions {
  /** Milliseconds until the child is killed. */
  timeout: number;
  /** Most bytes taken from each of stdout and stderr; 1 MiB when not given. */
  maxBytes?: number;
  /** Written to stdin, which is empty otherwise. The way for secrets. */
  input?: string | Uint8Array;
  /** Kills the child; the call then rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Added to the minimal environment. Never for secrets. */
  env?: Record<string, string>;
}

export interface Ran {
  /** Exit code; 128 + the signal's number when a signal ended it. */
  code: number;
  stdout: string;
  stderr: string;
}

/**
 * Runs a program without a shell and answers what it said, whatever its exit code.
 * Faults: `unavailable` (no such program), `timeout`, `failed` (said more than `maxBytes`, or cannot be started).
 */
export async function run(argv: readonly string[], options: RunOptions): Promise<Ran> {
  options.signal?.throwIfAborted();
  const child = start(argv, options.env);
  const stop = killer(child);
  const limit = options.maxBytes ?? MEBIBYTE;
  const timer = setTimeout(() => stop(tooSlow(argv, options.timeout)), options.timeout);
  const abort = () => stop(options.signal?.reason);
  options.signal?.addEventListener('abort', abort);
  try {
    feed(child, options.input);
    const [code, stdout, stderr] = await Promise.all([
      ended(child, argv),
      collect(child.stdout, limit, () => stop(tooMuch(argv, limit))),
      collect(child.stderr, limit, () => stop(tooMuch(argv, limit))),
    ]);
    if (stop.reason !== undefined) throw stop.reason;
    return { code, stdout, stderr };
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', abort);
  }
}

/** As `run`, for a program whose failure is ours too: any exit code but 0 is a `failed` fault with its last words. */
export async function mustRun(argv: readonly string[], options: RunOptions): Promise<string> {
  const { code, stdout, stderr } = await run(argv, options);
  if (code === 0) return stdout;
  const last = stderr.trim().split('\n').at(-1) || stdout.trim().split('\n').at(-1) || `exit code ${code}`;
  throw new Fault('failed', say(`${argv[0]}: ${last}`, `${argv[0]}：${last}`));
}

export interface LinesOptions {
  onLine(line: string): void;
  /** Milliseconds until the child is killed; without it the caller ends it. */
  timeout?: number;
  env?: Record<string, string>;
}

/** A program that is listened to while it runs. */
export interface Listened {
  /** Sends it a signal; nothing happens when it has ended. */
  kill(signal: NodeJS.Signals): void;
  /** Exit code as in `Ran`, and the last 4 KiB of stderr. Rejects as `run` does when it cannot be started. */
  readonly ended: Promise<Pick<Ran, 'code' | 'stderr'>>;
}

const LONGEST_LINE = 64 * 1024;
const STDERR_KEPT = 4096;

/** Runs a program and hands on each line of its stdout as it comes. */
export function runLines(argv: readonly string[], options: LinesOptions): Listened {
  const child = start(argv, options.env);
  child.stdin?.on('error', () => {}).end();
  if (child.stdout) splitLines(child.stdout, options.onLine);
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-STDERR_KEPT);
  });
  const timer = options.timeout && setTimeout(() => child.kill('SIGKILL'), options.timeout);
  return {
    kill: (signal) => void child.kill(signal),
    ended: ended(child, argv)
      .finally(() => clearTimeout(timer))
      .then((code) => ({ code, stderr })),
  };
}

/** Lines of a stream; one longer than 64 KiB is cut there. */
function splitLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = (lines.pop() ?? '').slice(0, LONGEST_LINE);
    for (const line of lines) onLine(line);
  });
  stream.on('end', () => {
    if (rest !== '') onLine(rest);
  });
}

function start(argv: readonly string[], env: Record<string, string> = {}): ChildProcess {
  const [program = '', ...rest] = argv;
  return spawn(program, rest, { env: { ...ENVIRONMENT, ...env }, stdio: 'pipe', cwd: '/' });
}

/** Kills once and remembers why. */
function killer(child: ChildProcess): { (reason: unknown): void; reason?: unknown } {
  const stop: { (reason: unknown): void; reason?: unknown } = (reason) => {
    stop.reason ??= reason;
    child.kill('SIGKILL');
    // A grandchild may still hold the pipes: the answer does not wait for it.
    child.stdout?.destroy();
    child.stderr?.destroy();
  };
  return stop;
}

function feed(child: ChildProcess, input: string | Uint8Array = ''): void {
  // A child that ends without reading closes the pipe: its exit code tells more than our EPIPE.
  child.stdin?.on('error', () => {}).end(input);
}

function ended(child: ChildProcess, argv: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => reject(cannotStart(argv, error)));
    child.once('close', (code, signal) => resolve(code ?? 128 + signalNumber(signal)));
  });
}

const SIGNALS: Partial<Record<NodeJS.Signals, number>> = { SIGINT: 2, SIGKILL: 9, SIGPIPE: 13, SIGTERM: 15 };
const signalNumber = (signal: NodeJS.Signals | null): number => (signal && SIGNALS[signal]) || 0;

function collect(stream: Readable | null, limit: number, over: () => void): Promise<string> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let size = 0;
    stream?.on('data', (part: Buffer) => {
      size += part.length;
      if (size > limit) over();
      else parts.push(part);
    });
    stream?.once('close', () => resolve(Buffer.concat(parts).toString('utf8')));
    if (!stream) resolve('');
  });
}

function cannotStart(argv: readonly string[], error: NodeJS.ErrnoException): Fault {
  const name = argv[0] ?? '';
  if (error.code === 'ENOENT')
    return new Fault('unavailable', say(`${name} is not installed`, `未安装 ${name}`), { cause: error });
  return new Fault(
    'failed',
    say(`${name} cannot be started: ${error.code}`, `无法启动 ${name}：${error.code}`),
    {
      cause: error,
    },
  );
}

const tooSlow = (argv: readonly string[], timeout: number): Fault =>
  new Fault(
    'timeout',
    say(`${argv[0]} did not end within ${timeout / 1000} s`, `${argv[0]} 在 ${timeout / 1000} 秒内没有结束`),
  );

const tooMuch = (argv: readonly string[], limit: number): Fault =>
  new Fault('failed', say(`${argv[0]} said more than ${limit} bytes`, `${argv[0]} 的输出超过 ${limit} 字节`));
