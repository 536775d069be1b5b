import { closeSync, constants, openSync, readSync } from 'node:fs';
import { expect, vi } from 'vitest';

/** What a guest says on its serial line, until it says this. @param tty its end on the node @param timeout milliseconds */
export async function heard(tty: string, words: string, timeout: number): Promise<string> {
  const line = openSync(tty, constants.O_RDONLY | constants.O_NOCTTY | constants.O_NONBLOCK);
  let all = '';
  try {
    await vi.waitFor(
      () => {
        all += said(line);
        expect(all).toContain(words);
      },
      { timeout, interval: 200 },
    );
    return all;
  } finally {
    closeSync(line);
  }
}

function said(line: number): string {
  const buffer = Buffer.alloc(65_536);
  try {
    return buffer.subarray(0, readSync(line, buffer)).toString();
  } catch {
    return '';
  }
}
