import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Deed } from '../../api/jobs.ts';
import { same, say, type Words } from '../../api/words.ts';
import { readLine } from './chain.ts';
import { recordFiles } from './files.ts';

/** As it stands in the chain. */
type Recorded = Omit<Deed, 'failed'> & { event: string; outcome: string; words?: string; zh?: string };

/** At the end of each file: some hundreds of records. */
const WINDOW = 256 * 1024;

/** The latest changes in the records, the latest first; what cannot be read is left out. */
export async function readDeeds(folder: string, count: number): Promise<Deed[]> {
  const names = await recordFiles(folder).catch(() => []);
  const found: Deed[] = [];
  for (const name of names.slice(-2).reverse()) {
    if (found.length >= count) break;
    found.push(...deedsIn(await readEnd(join(folder, name)).catch(() => '')).reverse());
  }
  return found.slice(0, count);
}

const deedsIn = (text: string): Deed[] =>
  text.split('\n').flatMap((line) => {
    const record = readLine(line)?.event as Recorded | undefined;
    return record?.event === 'change.ended' && record.title !== undefined ? [deedOf(record)] : [];
  });

const deedOf = ({ at, caller, action, title, why, planned, ...end }: Recorded): Deed => ({
  at,
  caller,
  action,
  title,
  ...(why !== undefined && { why }),
  ...(planned !== undefined && { planned }),
  ...(end.outcome !== 'ok' && { failed: failureOf(end) }),
});

const failureOf = ({ outcome, words, zh }: Pick<Recorded, 'outcome' | 'words' | 'zh'>): Words =>
  words === undefined ? same(outcome) : say(words, zh ?? words);

async function readEnd(path: string): Promise<string> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    const start = Math.max(0, size - WINDOW);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(WINDOW), 0, WINDOW, start);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}
