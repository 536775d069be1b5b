import { readSync } from 'node:fs';
import { Fault } from '../api/fault.ts';
import { same } from '../api/words.ts';

const LONGEST = 4096;
const SEEN = 'a password on a command line can be seen by others: leave it out to be asked, or use';

/** Where a password may come from, said in the help of each option. */
export const passwordHelp = (what: string, variable: string): string =>
  `${what}; ${SEEN} ${variable} or --password-fd N`;

/** What the environment holds is taken once and is gone for children. */
export function passwordFrom(
  given: string | undefined,
  variable: string,
  fd: string | undefined,
): string | undefined {
  const inherited = process.env[variable];
  delete process.env[variable];
  return given ?? inherited ?? (fd === undefined ? undefined : fromDescriptor(fd));
}

/** One line of a descriptor; several passwords come one a line, in the order of the options. */
function fromDescriptor(text: string): string {
  const fd = Number(text);
  if (!Number.isInteger(fd) || fd < 0) throw new Fault('usage', same(`--password-fd: ${text} is no number`));
  const bytes: number[] = [];
  const one = Buffer.alloc(1);
  while (bytes.length < LONGEST && readSync(fd, one, 0, 1, null) === 1 && one[0] !== 10)
    bytes.push(one[0] ?? 0);
  return Buffer.from(bytes).toString();
}

/** Asks on the terminal, without showing what is typed. */
export async function askPassword(label: string): Promise<string> {
  const { stdin, stderr } = process;
  if (!stdin.isTTY) throw new Fault('usage', same(`${label} is needed`));
  stderr.write(`${label}: `);
  stdin.setRawMode(true);
  try {
    return await typed();
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    stderr.write('\n');
  }
}

function typed(): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const take = (chunk: string) => {
      for (const key of chunk) {
        if (key === '\r' || key === '\n') return end(() => resolve(text));
        if (key === '\u0003') return end(() => reject(new Fault('usage', same('interrupted'))));
        text = key === '\u007f' ? text.slice(0, -1) : text + key;
      }
    };
    const end = (settle: () => void) => {
      process.stdin.off('data', take);
      settle();
    };
    // A question before it may have left the terminal paused.
    process.stdin.setEncoding('utf8').on('data', take).resume();
  });
}
