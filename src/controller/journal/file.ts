import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Caller } from '../../api/action.ts';
import type { Plan } from '../../api/plan.ts';
import { readText } from '../../system/files.ts';

/** How a change ended. `stopped`: part of it is done, and it goes on when it is made again. */
export type Outcome = 'finished' | 'undone' | 'stopped';

export interface Change {
  caller: Caller;
  action: string;
  /** What it is about, with its scope; absent where that is all of the scope. */
  about?: string;
  plan: Plan;
}

/** What a journal file holds, a line each. Steps go by their place in the plan. */
export type Entry =
  | ({ at: number } & Change)
  | { apply: number }
  | { applied: number }
  | { undo: number }
  | { undone: number }
  | { end: Outcome; recovered: boolean; at: number }
  | { acknowledged: string };

/** A change as its file tells it. */
export interface Story {
  name: string;
  change: Change & { at: number };
  /** Steps that were begun, in that order. */
  begun: number[];
  applied: Set<number>;
  /** Steps whose undoing was begun: the change goes backward from then on. */
  undoing: Set<number>;
  undone: Set<number>;
  end?: { outcome: Outcome; recovered: boolean; at: number };
  acknowledged: boolean;
}

const FILE_LIMIT = 4 * 1024 * 1024;

/** One change's file while it is written: every entry is on the disk when `write` settles. */
export class JournalFile {
  readonly #handle: FileHandle;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** The file itself is on the disk only when its folder has been synced as well. */
  static async create(folder: string, name: string): Promise<JournalFile> {
    return new JournalFile(await open(join(folder, name), 'ax', 0o600));
  }

  /** Goes on with a file; a line that a crash tore is cut away. */
  static async reopen(folder: string, name: string): Promise<JournalFile> {
    const path = join(folder, name);
    const text = (await readText(path, FILE_LIMIT)) ?? '';
    const handle = await open(path, 'a', 0o600);
    await handle.truncate(Buffer.byteLength(text.slice(0, text.lastIndexOf('\n') + 1)));
    return new JournalFile(handle);
  }

  /** Several entries at once cost the disk no more than one. */
  async write(...entries: Entry[]): Promise<void> {
    await this.#handle.appendFile(entries.map(lineOf).join(''));
    await this.#handle.datasync();
  }

  /** The last entry, which need not be on the disk: without it the next start comes to the same end. */
  end(outcome: Outcome, recovered: boolean): Promise<void> {
    return this.#handle.appendFile(lineOf({ end: outcome, recovered, at: Date.now() }));
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

const lineOf = (entry: Entry): string => `${JSON.stringify(entry)}\n`;

/** Writes entries as long as the disk lets it: what must be undone is undone even when that cannot be written down. */
export class BestEffort {
  trouble: unknown;
  readonly #file: JournalFile | undefined;

  private constructor(file: JournalFile | undefined, trouble: unknown) {
    this.#file = file;
    this.trouble = trouble;
  }

  static async reopen(folder: string, name: string): Promise<BestEffort> {
    try {
      return new BestEffort(await JournalFile.reopen(folder, name), undefined);
    } catch (error) {
      return new BestEffort(undefined, error);
    }
  }

  async write(entry: Entry): Promise<void> {
    await this.#file?.write(entry).catch((error) => {
      this.trouble ??= error;
    });
  }

  async close(): Promise<void> {
    await this.#file?.close();
  }
}

/** Undefined when not even the first entry was written whole: nothing was begun then. Throws when the file makes no sense. */
export async function readStory(folder: string, name: string): Promise<Story | undefined> {
  const text = (await readText(join(folder, name), FILE_LIMIT)) ?? '';
  const lines = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1);
  const [first, ...rest] = lines.map((line) => JSON.parse(line) as Entry);
  if (first === undefined) return undefined;
  if (!('plan' in first)) throw new Error(`${name} does not begin with a plan`);
  const story: Story = {
    name,
    change: first,
    begun: [],
    applied: new Set(),
    undoing: new Set(),
    undone: new Set(),
    acknowledged: false,
  };
  for (const entry of rest) tell(story, entry);
  return story;
}

function tell(story: Story, entry: Entry): void {
  if ('apply' in entry) story.begun.push(entry.apply);
  else if ('applied' in entry) story.applied.add(entry.applied);
  else if ('undo' in entry) story.undoing.add(entry.undo);
  else if ('undone' in entry) story.undone.add(entry.undone);
  else if ('end' in entry) story.end = { outcome: entry.end, recovered: entry.recovered, at: entry.at };
  else if ('acknowledged' in entry) story.acknowledged = true;
}
