import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { Fault } from '../api/fault.ts';
import { say } from '../api/words.ts';
import { ENVIRONMENT } from './exec.ts';

export interface PipeOptions {
  /** Milliseconds until the child is killed. */
  timeout: number;
  /** What goes into its stdin. */
  input?: Readable;
  /** Takes its stdout; the call waits for it. What it says is thrown away when not given. */
  output?(stdout: Readable): Promise<void>;
  signal?: AbortSignal;
  /** Added to the minimal environment, which only root and the child itself can read: secrets may be in it. */
  env?: Record<string, string>;
}

const STDERR_KEPT = 4096;

/**
 * Runs a program through which much flows. Faults: `unavailable` (not installed), `failed` with its last words,
 * `timeout`; what input and output throw is thrown as it is, and the child is ended.
 */
export async function pipeThrough(argv: readonly string[], options: PipeOptions): Promise<void> {
  options.signal?.throwIfAborted();
  const [program = '', ...rest] = argv;
  const child = spawn(program, rest, { env: { ...ENVIRONMENT, ...options.env }, cwd: '/', stdio: 'pipe' });
  let trouble: unknown;
  const stop = (why: unknown) => {
    trouble ??= why;
    child.kill('SIGKILL');
  };
  const timer = setTimeout(() => stop(tooSlow(program)), options.timeout);
  const abort = () => stop(options.signal?.reason);
  options.signal?.addEventListener('abort', abort);
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', (error) => reject(cannotStart(program, error)));
    child.once('close', (code) => resolve(code ?? 1));
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-STDERR_KEPT);
  });
  // A child that ends early closes the pipe: its exit code tells more than our EPIPE.
  child.stdin.on('error', () => {});
  options.input?.on('error', stop);
  if (options.input === undefined) child.stdin.end();
  else options.input.pipe(child.stdin);
  if (options.output === undefined) child.stdout.resume();
  const output = options.output?.(child.stdout).catch(stop);
  try {
    const [code] = await Promise.all([ended, output]);
    if (trouble !== undefined) throw trouble;
    if (code !== 0) throw ownWords(program, stderr, code);
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', abort);
    options.input?.destroy();
  }
}

function cannotStart(program: string, error: NodeJS.ErrnoException): Fault {
  const words =
    error.code === 'ENOENT'
      ? say(`${program} is not installed`, `未安装 ${program}`)
      : say(`${program} cannot be started: ${error.code}`, `无法启动 ${program}：${error.code}`);
  return new Fault('unavailable', words, { cause: error });
}

const tooSlow = (program: string): Fault =>
  new Fault('timeout', say(`${program} took too long`, `${program} 超时`));

function ownWords(program: string, stderr: string, code: number): Fault {
  const last = stderr.trim().split('\n').at(-1) || `exit code ${code}`;
  return new Fault('failed', say(`${program}: ${last}`, `${program}：${last}`));
}
