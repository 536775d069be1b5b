import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Connection, connect } from '../../src/api/client.ts';
import { placesOf } from '../../src/api/places.ts';

const root = resolve(import.meta.dirname, '../..');
export const bundle = (name: string): string => join(root, 'dist', `${name}.cjs`);

/** What the installed controller's runtime is started with, by scripts/install/bin/launch. */
export const CONTROLLER_FLAGS = ['--max-semi-space-size=1'];
/** What the installed console's runtime is started with, by scripts/install/bin/zs-console. */
export const CONSOLE_FLAGS = [
  '--single-threaded-gc',
  '--no-concurrent-recompilation',
  '--no-concurrent-sparkplug',
  '--max-semi-space-size=1',
];

/** A controller of our own with its data in a folder that goes with it. */
export interface RunningController {
  readonly data: string;
  readonly pid: number;
  readonly env: NodeJS.ProcessEnv;
  end(): Promise<void>;
}

/** Starts a controller and waits until it answers. */
export async function startController(role = 'management'): Promise<RunningController> {
  const data = mkdtempSync(join(tmpdir(), 'zs-bench-'));
  const env = { ...process.env, NODE_COMPILE_CACHE: join(data, 'compile-cache') };
  const argv = [...CONTROLLER_FLAGS, bundle('controller'), '--data', data, '--role', role];
  const child = spawn(process.execPath, argv, { stdio: 'ignore', env });
  const ended = new Promise<void>((resolveEnd) => child.once('exit', () => resolveEnd()));
  (await answering(data)).close();
  return {
    data,
    env,
    pid: child.pid ?? 0,
    async end() {
      child.kill('SIGTERM');
      await ended;
      rmSync(data, { recursive: true });
    },
  };
}

async function answering(data: string): Promise<Connection> {
  const hello = { program: 'script', line: '-', version: 'bench' };
  const until = performance.now() + 20_000;
  for (;;) {
    try {
      return await connect(placesOf(data).controllerSocket, hello);
    } catch (thrown) {
      if (performance.now() > until) throw thrown;
      await new Promise((again) => setTimeout(again, 50));
    }
  }
}

/** Proportional share of memory in megabytes, from smaps_rollup. */
export function pssMegabytes(pid: number): number {
  const line = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'));
  return Number(line?.[1]) / 1024;
}

/** How often the process has slept so far and was woken, all its threads together. */
export function wakes(pid: number): number {
  const tasks = readdirSync(`/proc/${pid}/task`);
  const slept = (task: string) =>
    Number(
      /^voluntary_ctxt_switches:\s+(\d+)/m.exec(
        readFileSync(`/proc/${pid}/task/${task}/status`, 'latin1'),
      )?.[1],
    );
  return tasks.reduce((sum, task) => sum + slept(task), 0);
}

/** Processor time used so far in milliseconds, from schedstat (nanoseconds, all threads). */
export function cpuMilliseconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
