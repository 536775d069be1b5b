import { spawn } from 'node:child_process';
import { ENVIRONMENT } from './exec.ts';

/** A server that runs for a while below this process. */
export interface Child {
  /** Settles with its last words when it has ended, whyever. */
  readonly ended: Promise<string>;
  /** Asks it to end, and settles when it has. */
  stop(): Promise<void>;
}

const STDERR_KEPT = 4096;
const STOP_MILLISECONDS = 30_000;

/** Starts a server as another user; the kernel ends it when this process dies. */
export function startServer(argv: readonly string[], user: string): Child {
  const identity = [`--reuid=${user}`, `--regid=${user}`, '--clear-groups', '--no-new-privs'];
  const command = [...identity, '--pdeathsig', 'SIGKILL', '--', ...argv];
  const child = spawn('setpriv', command, {
    env: ENVIRONMENT,
    cwd: '/',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-STDERR_KEPT);
  });
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', () => resolve(stderr.trim().split('\n').at(-1) ?? ''));
  });
  return {
    ended,
    async stop() {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MILLISECONDS);
      await ended;
      clearTimeout(timer);
    },
  };
}
