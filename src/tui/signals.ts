import { constants } from 'node:os';
import { printableLines } from '../api/printable.ts';
import type { TerminalStage } from './stage.ts';

const ENDS = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT'] as const;
const HANG_UP = 128 + constants.signals.SIGHUP;

/** Streams of the terminal: what they report when it has gone away. */
interface Streams {
  input: NodeJS.EventEmitter;
  output: NodeJS.EventEmitter;
}

/**
 * Whatever ends the program, the terminal is left clean and the exit code tells: 128 and the number of the signal, 129
 * when the terminal has gone away, 1 for a defect, whose text is then written to standard error.
 */
export function guardProcess(
  stage: TerminalStage,
  { input, output }: Streams = { input: process.stdin, output: process.stdout },
): void {
  for (const signal of ENDS) process.on(signal, () => stage.quit(128 + constants.signals[signal]));
  process.on('SIGCONT', () => stage.resume());
  input.on('end', () => stage.quit(HANG_UP));
  input.on('error', () => stage.quit(HANG_UP));
  output.on('error', () => stage.quit(HANG_UP));
  process.on('uncaughtException', (error) => {
    void stage.leave().then(() => {
      process.stderr.write(`${printableLines(error.stack ?? String(error))}\n`, () => process.exit(1));
    });
  });
}
