import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { printableLines } from '../api/printable.ts';

export type Log = (text: string) => void;

const FILE_LIMIT = 1024 * 1024;

/** What a daemon has to say: to stderr, which the journal of an installed node keeps. */
export const logToStderr: Log = (text) => {
  process.stderr.write(`${printableLines(text)}\n`);
};

/** The same into a file of a development run, whose stderr nobody reads; one older file is kept. */
export function logToFile(folder: string, name: string): Log {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${name}.log`);
  return (text) => {
    logToStderr(text);
    try {
      if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > FILE_LIMIT)
        renameSync(path, `${path}.old`);
      appendFileSync(path, `${new Date().toISOString()} ${printableLines(text)}\n`, { mode: 0o600 });
    } catch (error) {
      // A full disk, or no descriptor left: what was to be said must not bring down who says it.
      logToStderr(`not in the log: ${error}`);
    }
  };
}

/** What brings a daemon down is said before it ends; whoever supervises it starts it again. */
export function logCrash(log: Log, ending: (error: Error) => void = () => {}): void {
  process.on('uncaughtException', (error) => {
    ending(error);
    log(`ended by a defect: ${error.stack ?? String(error)}`);
    process.exit(1);
  });
}
