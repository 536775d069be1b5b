import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { Fault } from '../api/fault.ts';

/**
 * Why a daemon ended by itself, in a file that everybody may read: whoever waits for it need not look for the reason in
 * the journal. Best effort, since the daemon ends anyway.
 */
export function leaveLastWords(path: string, thrown: unknown): void {
  try {
    writeFileSync(path, JSON.stringify(Fault.from(thrown).words));
    // The process's umask may have narrowed it.
    chmodSync(path, 0o644);
  } catch {
    // The journal has it as well.
  }
}

/** It runs. */
export function takeBackLastWords(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // They are shown only while nobody answers.
  }
}
