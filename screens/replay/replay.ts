import { Fault } from '../../src/api/fault.ts';
import { printableLines } from '../../src/api/printable.ts';
import { guardProcess } from '../../src/tui/signals.ts';
import { createStage } from '../../src/tui/stage.ts';
import { replayPage } from './page.ts';
import { type Recorded, readRecording } from './recording.ts';

/** Shows a recording of a console on the terminal that this was started on. */
export function replayFlight(file: string): void {
  const events = recordingOf(file);
  try {
    const stage = createStage({ input: process.stdin, output: process.stdout, env: process.env });
    guardProcess(stage);
    stage.open(replayPage(events, () => stage.quit(0)));
  } catch (thrown) {
    const { words, next } = Fault.from(thrown);
    fail(`${words.en}${next === undefined ? '' : `\n${next.en}`}`, 1);
  }
}

function recordingOf(file: string): Recorded[] {
  try {
    const events = readRecording(file);
    if (events.length > 0) return events;
  } catch (thrown) {
    fail(`--replay: ${(thrown as Error).message}`, 2);
  }
  return fail(`--replay: ${file} holds no recording`, 2);
}

function fail(why: string, code: number): never {
  process.stderr.write(`zs-console: ${printableLines(why)}\n`);
  process.exit(code);
}
