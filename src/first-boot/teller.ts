import { constants, openSync, writeSync } from 'node:fs';
import { printable } from '../api/printable.ts';
import { openLog, writeLine } from './log-file.ts';

const { O_NOCTTY, O_NONBLOCK, O_WRONLY } = constants;

/** Where people follow it: a terminal or the caller's own output, and the log. */
export interface Teller {
  say(text: string): void;
  /** The terminal becomes the console's: from now on only the log is written. */
  leaveTerminal(): void;
}

/** @param terminal a terminal's path; without one it is told on stdout @param log path of the log */
export function openTeller(terminal: string | undefined, log: string): Teller {
  const file = openLog(log);
  let shown: number | undefined = terminal === undefined ? 1 : openTerminal(terminal);
  return {
    say(text) {
      const line = printable(text);
      writeLine(file, line);
      if (shown !== undefined) show(shown, terminal === undefined ? `${line}\n` : `${line}\r\n`);
    },
    leaveTerminal() {
      shown = undefined;
    },
  };
}

/** It stays nobody's terminal, so that the console can have it. Undefined where there is none: the log remains. */
function openTerminal(path: string): number | undefined {
  try {
    return openSync(path, O_WRONLY | O_NOCTTY | O_NONBLOCK);
  } catch {
    return undefined;
  }
}

function show(fd: number, text: string): void {
  try {
    writeSync(fd, text);
  } catch {
    // Stopped by Ctrl+S, or gone: the log has it.
  }
}
