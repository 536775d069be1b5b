import { readFileSync } from 'node:fs';
import { Fault } from '../../src/api/fault.ts';
import type { Words } from '../../src/api/words.ts';

/** Why the controller ended, when it could say so. */
export function lastWords(path: string): Words | undefined {
  try {
    // As a fault they are one line that a terminal can show.
    return new Fault('failed', JSON.parse(readFileSync(path, 'utf8'))).words;
  } catch {
    return undefined;
  }
}
