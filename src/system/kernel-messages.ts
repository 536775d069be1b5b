import { readFileSync } from 'node:fs';
import { type Listened, runLines } from './exec.ts';

/** A reader that ended sooner than this is not started again: it cannot read the kernel's messages at all. */
const LIVED_MILLISECONDS = 1_000;

/**
 * Calls `shown` for each message that the kernel writes on its console from now on (proc_sys_kernel(5), printk).
 * Where /dev/kmsg is absent or may not be read, there simply are none. Ends with the function it answers.
 */
export function followKernelMessages(shown: () => void, log: (text: string) => void): () => void {
  let reader: Listened | undefined;
  let wanted = true;
  const begin = () => {
    const started = performance.now();
    // dmesg rather than a read of our own: one that waits for the device would hold a thread of Node's for ever.
    reader = runLines(['dmesg', '--follow-new', '--decode'], {
      onLine: (line) => {
        if (isShown(line, consoleLevel())) shown();
      },
    });
    const again = (why: string) => {
      if (!wanted) return;
      if (performance.now() - started > LIVED_MILLISECONDS) begin();
      else log(`kernel messages are not followed: ${why}`);
    };
    reader.ended.then(
      ({ stderr }) => again(stderr.trim()),
      (error) => again(String(error)),
    );
  };
  begin();
  return () => {
    wanted = false;
    reader?.kill('SIGTERM');
  };
}

/** As dmesg calls them, from the worst one on. */
const LEVELS = ['emerg', 'alert', 'crit', 'err', 'warn', 'notice', 'info', 'debug'];

/**
 * @param line as dmesg --decode gives it: `kern  :err   : [  1.0] text`; lines without that go on from the line before.
 * (--raw gives those of programs a number that is wrong.)
 */
export function isShown(line: string, consoleLevel: number): boolean {
  const level = LEVELS.indexOf(/^\w+ *:(\w+) *: /.exec(line)?.[1] ?? '');
  return level >= 0 && level < consoleLevel;
}

/** Above every level there is. */
const ALL_LEVELS = 8;

/** Without a descriptor left it cannot be read: then a message counts as shown, for a repaint too many does no harm. */
function consoleLevel(): number {
  try {
    return Number(readFileSync('/proc/sys/kernel/printk', 'latin1').split(/\s+/)[0]);
  } catch {
    return ALL_LEVELS;
  }
}
