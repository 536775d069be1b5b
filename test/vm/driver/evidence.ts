import { execFile } from 'node:child_process';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Machine } from './machine.ts';
import { within } from './wait.ts';

const ROOT = join(import.meta.dirname, '..', 'artifacts');

/** The first line of `qemu-system-x86_64 --version`: a saved state belongs to one version. */
export async function qemuVersion(): Promise<string> {
  const { stdout } = await promisify(execFile)('qemu-system-x86_64', ['--version']);
  return stdout.split('\n')[0] ?? stdout;
}

/** Folder for what the test of this name leaves behind. */
export async function artifactDir(test: string): Promise<string> {
  const dir = join(ROOT, test.replace(/[^A-Za-z0-9]+/g, '-'));
  await mkdir(dir, { recursive: true });
  return dir;
}

/**
 * Keeps what a person needs to see why a test failed: picture, both screens as text, serial log, journal, QEMU's words.
 * What cannot be read is noted in `missing.txt`, since the machine may be dead.
 */
export async function keepEvidence(machine: Machine, dir: string): Promise<void> {
  const to = (name: string) => join(dir, `${machine.name}-${name}`);
  const missing: string[] = [];
  const keep = async (what: string, work: () => Promise<void>) => {
    await within(20_000, what, work()).catch((error: unknown) => missing.push(`${what}: ${String(error)}`));
  };
  await keep('screen.png', () => machine.screenshot(to('screen.png')));
  await keep('screen.txt', async () =>
    writeFile(to('screen.txt'), await machine.screen.text(await front(machine))),
  );
  await keep('serial.txt', async () => writeFile(to('serial.txt'), machine.serial.text()));
  await keep('serial.log', () => copyFile(machine.serialLog, to('serial.log')));
  await keep('journal.txt', async () => writeFile(to('journal.txt'), await journal(machine)));
  await keep('qemu.log', () => copyFile(join(machine.dir, 'qemu.log'), to('qemu.log')));
  if (missing.length) await writeFile(to('missing.txt'), missing.join('\n'));
}

async function front(machine: Machine): Promise<number> {
  return (await machine.screen.grid(1)).active;
}

function journal(machine: Machine): Promise<string> {
  return machine.run(['journalctl', '-b', '-o', 'short-monotonic', '--no-pager', '-n', '5000']);
}
