import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { say, type Words } from '../../src/api/words.ts';
import { inputDevice } from './device.ts';

/** Which picture, the full or the plain one, was chosen on a line. It stays with the line over restarts. */
export class ChosenPicture {
  readonly #folder: string;
  readonly #file: string;

  /** @param folder what the console may keep on disk */
  constructor(folder: string, line: string) {
    this.#folder = join(folder, 'pictures');
    this.#file = join(this.#folder, line);
  }

  /** Whether the plain one was chosen; the full one where nothing is known. */
  isPlain(): boolean {
    try {
      return readFileSync(this.#file, 'latin1').trim() === 'plain';
    } catch {
      return false;
    }
  }

  /** Answers why it cannot be kept. */
  keep(plain: boolean): Words | undefined {
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      const draft = `${this.#file}.${process.pid}`;
      writeFileSync(draft, plain ? 'plain\n' : 'rich\n');
      renameSync(draft, this.#file);
      return undefined;
    } catch (thrown) {
      const why = (thrown as NodeJS.ErrnoException).code ?? String(thrown);
      return say(
        `Switched until this console ends: it cannot be kept (${this.#folder}: ${why})`,
        `仅在本次有效：无法保存 (${this.#folder}: ${why})`,
      );
    }
  }
}

/**
 * Name for the line of an environment: `ttyS0`. The number of a pseudo-terminal belongs to whoever comes next, so all
 * those of one kind count as one line: `pts-xterm-256color`.
 * @param device what standard input is, as `/dev/ttyS0`
 */
export function lineOf(device: string, term: string): string {
  const name = device.startsWith('/dev/pts/') ? `pts-${term}` : device.replace(/^\/dev\//, '');
  return name.replace(/[^\w.-]/g, '_').slice(0, 100);
}

/** Of the terminal that this program was started on. */
export const chosenPicture = (folder: string): ChosenPicture =>
  new ChosenPicture(folder, lineOf(inputDevice(), process.env.TERM ?? ''));
