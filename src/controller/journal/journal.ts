import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Caller } from '../../api/action.ts';
import { Fault } from '../../api/fault.ts';
import type { HalfDone } from '../../api/jobs.ts';
import type { Doing } from '../../api/plan.ts';
import { say, type Words } from '../../api/words.ts';
import { diskFault, diskTrouble, ensureFolder, syncFolder } from '../../system/files.ts';
import { serial, shared } from '../../system/serial.ts';
import { type Executors, executorOf } from './executors.ts';
import { type Change, type Entry, JournalFile, readStory, type Story } from './file.ts';
import { changesWithKept, KeptFiles } from './kept.ts';
import { adoptKept } from './kept-before.ts';
import { type Settled, settle } from './settle.ts';

export interface JournalOptions {
  folder: string;
  executors: Executors;
  /** The findings are other ones now. */
  changed(): void;
  /** A change was begun, or has come to its end. */
  written?(): void;
  log(text: string): void;
}

/** Files of ended changes that are kept to be read. */
const KEPT = 50;

/** How a change is carried out: when to stop, what its steps are given, whom it tells how far it is. */
interface Carrying extends Omit<Doing, 'kept'> {
  progress(words: Words, fraction: number): void;
}

/**
 * Every change is written down before and after each of its steps, one file a change. When a step fails, those before
 * it are undone; when the controller dies in between, `recover` finishes or undoes at the next start. What a plan that
 * `resumes` has done stays in both cases.
 */
export class Journal {
  readonly #options: JournalOptions;
  readonly #findings = new Map<string, Settled>();
  /** Each change takes the next name. */
  readonly #naming = serial();
  /** New files of changes that begin at once need it only once. */
  readonly #syncFolder = shared(() => syncFolder(this.#options.folder));

  constructor(options: JournalOptions) {
    this.#options = options;
  }

  /** What recovery did and nobody has acknowledged yet; what it could not do. */
  get findings(): Settled[] {
    return [...this.#findings.values()];
  }

  /** What could be neither finished nor undone. */
  get halfDone(): HalfDone[] {
    return this.findings.flatMap(({ name, title, words, remedy }) =>
      remedy === undefined ? [] : [{ name, title, words, ...remedy }],
    );
  }

  /** Settles what was left, newest first. Must run before the first change, later only while none is made. */
  async recover(): Promise<Settled[]> {
    const { folder, log } = this.#options;
    await ensureFolder(folder).catch((error) => log(`${folder}: ${diskTrouble(error)}`));
    const done: Settled[] = [];
    await adoptKept(folder, await this.#names());
    for (const name of (await this.#names()).reverse()) {
      const settled = await this.#settle(name);
      if (settled?.now === true) done.push(settled);
    }
    await this.#prune();
    for (const name of await changesWithKept(folder).catch(() => [])) await this.#forget(name);
    this.#options.changed();
    return done;
  }

  async #settle(name: string): Promise<Settled | undefined> {
    const settled = await settle(this.#options.folder, name, this.#options.executors);
    if (settled === undefined || settled.outcome === 'stopped') this.#findings.delete(name);
    else this.#findings.set(name, settled);
    return settled;
  }

  /** What is stuck about the same thing is tried again first: later it would go over what is done now. */
  async #settleBefore({ about }: Change): Promise<void> {
    const stuck = this.findings.filter((each) => each.outcome === 'stuck' && each.about === about);
    if (about === undefined || stuck.length === 0) return;
    for (const { name } of stuck)
      this.#options.log((await this.#settle(name))?.words.en ?? `${name} is settled`);
    this.#options.changed();
  }

  /** Removes what an ended change kept for going back. What is in the way of that is, at the next start. */
  async #forget(name: string): Promise<void> {
    const { folder, executors, log } = this.#options;
    try {
      const story = await readStory(folder, name);
      if (story !== undefined && story.end === undefined) return;
      const kept = new KeptFiles(folder, name);
      const steps = story?.end?.outcome === 'finished' ? story.change.plan.steps : [];
      for (const step of steps) await executorOf(executors, step).forget?.(step, kept);
      await kept.forget();
    } catch (thrown) {
      log(`${name}: what was kept to go back stays: ${Fault.from(thrown).words.en}`);
    }
  }

  /** Throws when a step failed, after what was done has been undone; and when the journal cannot be written. */
  async carryOut(change: Change, carrying: Carrying): Promise<void> {
    for (const step of change.plan.steps) executorOf(this.#options.executors, step);
    await this.#settleBefore(change);
    const { name, file } = await this.#begin(change);
    this.#options.written?.();
    try {
      await this.#toEnd(change, name, file, carrying);
    } finally {
      await this.#forget(name);
      this.#options.written?.();
    }
  }

  async #toEnd(change: Change, name: string, file: JournalFile, carrying: Carrying): Promise<void> {
    const { progress, ...given } = carrying;
    const on = { ...given, kept: new KeptFiles(this.#options.folder, name) };
    try {
      await this.#steps(change, file, on, progress);
    } catch (thrown) {
      await file.close();
      const failure = await this.#takeBack(name, thrown, on);
      if (failure !== undefined) throw failure;
      return;
    }
    await file.close();
  }

  /** The newest changes that can be read, the latest first. */
  async latest(count: number): Promise<Story[]> {
    const { folder } = this.#options;
    const names = (await this.#names()).slice(-count).reverse();
    const stories = await Promise.all(names.map((name) => readStory(folder, name).catch(() => undefined)));
    return stories.filter((story) => story !== undefined);
  }

  /** The person has read what recovery did. Throws `notFound`. */
  async acknowledge(name: string, caller: Caller): Promise<void> {
    const finding = this.#findings.get(name);
    if (finding === undefined || finding.outcome === 'stuck') throw unknownFinding();
    const file = await JournalFile.reopen(this.#options.folder, name);
    await file.write({ acknowledged: `${caller.uid} ${caller.line}` });
    await file.close();
    this.#findings.delete(name);
    this.#options.changed();
  }

  async #begin(change: Change): Promise<{ name: string; file: JournalFile }> {
    try {
      const { name, file } = await this.#naming(() => this.#create());
      const begun: Entry[] = [{ at: Date.now(), ...change }];
      if (change.plan.steps.length > 0) begun.push({ apply: 0 });
      const written = [file.write(...begun), this.#syncFolder()];
      await Promise.all(written).catch(async (error) => {
        await Promise.allSettled(written);
        await file.close();
        throw error;
      });
      return { name, file };
    } catch (error) {
      throw notWritten(error);
    }
  }

  async #create(): Promise<{ name: string; file: JournalFile }> {
    const name = await this.#nextName();
    return { name, file: await JournalFile.create(this.#options.folder, name) };
  }

  async #steps(
    { plan }: Change,
    file: JournalFile,
    on: Doing,
    progress: Carrying['progress'],
  ): Promise<void> {
    const { length } = plan.steps;
    for (const [index, step] of plan.steps.entries()) {
      on.signal.throwIfAborted();
      progress(step.words, index / length);
      await executorOf(this.#options.executors, step).apply(step, on);
      // That a step is done and that the next one begins is one thing to write down: a next one that did not begin
      // after all (cancelled) is found by its executor as not done.
      if (index + 1 < length) await file.write({ applied: index }, { apply: index + 1 });
    }
    if (length > 0) await file.write({ applied: length - 1 });
    await file.end('finished', false).catch((error) => this.#options.log(`journal: ${diskTrouble(error)}`));
  }

  /** The same way back as after a crash, but at once. Answers what to tell the caller: nothing when it is done after all. */
  async #takeBack(name: string, thrown: unknown, { given, kept }: Doing): Promise<unknown> {
    const { folder, executors } = this.#options;
    const settled = await settle(folder, name, executors, { when: 'after a failure', given, kept });
    const disk = diskFault(thrown);
    const { words } = disk ?? Fault.from(thrown);
    if (settled?.outcome === 'finished') {
      this.#options.log(`${name}: ${settled.words.en} (${words.en})`);
      return undefined;
    }
    if (settled?.outcome === 'stopped') return disk ?? thrown;
    if (settled?.outcome !== 'stuck') return disk === undefined ? thrown : undoneFor(disk);
    this.#findings.set(name, settled);
    this.#options.changed();
    this.#options.log(`${name}: ${settled.words.en}`);
    return new Fault('failed', say(`${words.en}; ${settled.words.en}`, `${words.zh}；${settled.words.zh}`), {
      cause: thrown,
      half: true,
      ...(settled.remedy && { next: settled.remedy.next }),
    });
  }

  async #names(): Promise<string[]> {
    const names = await readdir(this.#options.folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    return names.filter((name) => /^change-\d{9}\.jsonl$/.test(name)).sort();
  }

  async #nextName(): Promise<string> {
    const names = await this.#names();
    const last = Number(/\d+/.exec(names.at(-1) ?? '')?.[0] ?? 0);
    return `change-${String(last + 1).padStart(9, '0')}.jsonl`;
  }

  // A file too many does no harm.
  readonly #cannotPrune = (error: unknown): void => this.#options.log(`journal: ${diskTrouble(error)}`);

  async #prune(): Promise<void> {
    const old = (await this.#names()).slice(0, -KEPT);
    for (const name of old) {
      if (!this.#findings.has(name)) await rm(join(this.#options.folder, name)).catch(this.#cannotPrune);
    }
  }
}

const notWritten = (error: unknown): Fault =>
  new Fault(
    'unavailable',
    say(
      `not done, because it could not be written into the journal: ${diskTrouble(error)}`,
      `未执行，因为无法写入日志：${diskTrouble(error)}`,
    ),
    { cause: error },
  );

const undoneFor = (disk: Fault): Fault =>
  new Fault('failed', say(`undone: ${disk.words.en}`, `已撤销：${disk.words.zh}`), { cause: disk.cause });

const unknownFinding = (): Fault =>
  new Fault('notFound', say('there is nothing to acknowledge', '没有需要确认的内容'));
