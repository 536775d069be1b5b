import { randomBytes } from 'node:crypto';
import { Fault } from '../api/fault.ts';
import type { Job, JobState } from '../api/jobs.ts';
import type { Reply } from '../api/server.ts';
import type { Progress } from '../api/wire.ts';
import { same, say, type Words } from '../api/words.ts';
import type { JobFact } from '../node/facts/schema.ts';
import type { JobStore } from './job-store.ts';

/** Jobs kept, those that run not counted. */
const KEPT = 50;
const RUNNING = 16;
/** Progress goes to the disk at most so often. */
const KEEP_MILLISECONDS = 5_000;

export type JobListener = (news: { job: Job } | { item: unknown }) => void;

interface Running {
  job: Job;
  abort: AbortController;
  listeners: Set<JobListener>;
  /** Monotonic time of the last writing to disk. */
  kept?: number;
  ended: Promise<void>;
}

/** Long actions. They outlive their caller, and are found again after a restart as `interrupted`. */
export class Jobs {
  readonly #store: JobStore;
  readonly #changed: () => void;
  readonly #jobs = new Map<string, Job>();
  readonly #running = new Map<string, Running>();

  /** @param changed the list, or something in it, is another one now */
  constructor(store: JobStore, changed: () => void) {
    this.#store = store;
    this.#changed = changed;
  }

  /** @param recovered what recovery did, by the action's name: the word for jobs that the last run left behind */
  async load(recovered: ReadonlyMap<string, Words>): Promise<void> {
    for (const job of await this.#store.load()) {
      this.#jobs.set(job.id, job);
      if (job.state === 'running') await this.#interrupted(job, recovered.get(job.action));
    }
    this.#changed();
  }

  facts(): JobFact[] {
    return [...this.#jobs.values()].map(({ output, fault, ...fact }) => fact);
  }

  /** Settles when none runs. */
  async settled(): Promise<void> {
    await Promise.all([...this.#running.values()].map(({ ended }) => ended));
  }

  /** Begins the work and answers the job's number at once. Throws `conflict` when too many run. */
  start(action: string, work: (reply: Reply) => Promise<unknown>): { job: string } {
    if (this.#running.size >= RUNNING) throw tooMany();
    const id = `${Date.now().toString(36)}-${randomBytes(4).toString('hex')}`;
    const started = Date.now();
    const job: Job = { id, action, title: same(action), state: 'running', progress: STARTING, started };
    const running: Running = {
      job,
      abort: new AbortController(),
      listeners: new Set(),
      ended: Promise.resolve(),
    };
    this.#jobs.set(id, job);
    this.#running.set(id, running);
    this.#update(running, {});
    running.ended = this.#follow(running, work);
    return { job: id };
  }

  /** Tells the listener how the job is and goes on; settles with the job when it has ended. Throws `notFound`. */
  async watch(id: string, signal: AbortSignal, listener: JobListener): Promise<Job> {
    listener({ job: this.#find(id) });
    const running = this.#running.get(id);
    if (running === undefined) return this.#find(id);
    running.listeners.add(listener);
    await Promise.race([
      running.ended,
      new Promise((stop) => signal.addEventListener('abort', stop, { once: true })),
    ]);
    running.listeners.delete(listener);
    return this.#find(id);
  }

  /** The end of a long action, whose answer is its job's number; else the answer itself. Throws what it failed with. */
  async ended(
    output: unknown,
    signal: AbortSignal,
    onItem: (item: unknown) => void = () => undefined,
  ): Promise<unknown> {
    const id = (output as { job?: unknown } | null | undefined)?.job;
    if (typeof id !== 'string' || !this.#jobs.has(id)) return output;
    const job = await this.watch(id, signal, (news) => {
      if ('item' in news) onItem(news.item);
    });
    if (job.fault !== undefined) throw Fault.fromRecord(job.fault);
    return job.output;
  }

  /** Throws `notFound`, or `conflict` when the job has ended. */
  cancel(id: string): void {
    this.#find(id);
    const running = this.#running.get(id);
    if (running === undefined) throw new Fault('conflict', say('the job has ended', '任务已结束'));
    running.abort.abort(cancelled());
  }

  /** What the job behind this reply is about; nothing for a call that is no job. */
  title(reply: Reply, title: Words): void {
    const running = [...this.#running.values()].find(({ abort }) => abort.signal === reply.signal);
    if (running !== undefined) this.#update(running, { title });
  }

  async #follow(running: Running, work: (reply: Reply) => Promise<unknown>): Promise<void> {
    const { signal } = running.abort;
    const reply: Reply = {
      signal,
      item: (item) => tell(running, { item }),
      progress: (progress) => this.#progress(running, progress),
    };
    try {
      const output = await work(reply);
      await this.#end(running, { state: 'done', output });
    } catch (thrown) {
      const state: JobState = signal.aborted ? 'cancelled' : 'failed';
      await this.#end(running, { state, fault: Fault.from(thrown).toRecord() });
    }
  }

  #progress(running: Running, { words, fraction }: Progress): void {
    this.#update(running, fraction === undefined ? { progress: words } : { progress: words, fraction });
  }

  #update(running: Running, change: Partial<Job>): void {
    Object.assign(running.job, change);
    tell(running, { job: running.job });
    this.#changed();
    const now = performance.now();
    if (running.kept !== undefined && now - running.kept < KEEP_MILLISECONDS) return;
    running.kept = now;
    void this.#store.keep(running.job);
  }

  async #end(running: Running, end: Partial<Job>): Promise<void> {
    Object.assign(running.job, end, { ended: Date.now() });
    this.#running.delete(running.job.id);
    await this.#store.keep(running.job);
    tell(running, { job: running.job });
    this.#changed();
    await this.#prune();
  }

  async #interrupted(job: Job, recovered: Words | undefined): Promise<void> {
    job.state = 'interrupted';
    job.ended = Date.now();
    job.progress = recovered ?? say('the controller ended while it ran', '运行期间控制器已终止');
    await this.#store.keep(job);
  }

  async #prune(): Promise<void> {
    const ended = [...this.#jobs.values()].filter(({ id }) => !this.#running.has(id));
    for (const { id } of ended.slice(0, Math.max(0, ended.length - KEPT))) {
      this.#jobs.delete(id);
      await this.#store.drop(id);
    }
  }

  #find(id: string): Job {
    const job = this.#jobs.get(id);
    if (job === undefined) throw new Fault('notFound', say(`there is no job ${id}`, `没有任务 ${id}`));
    return job;
  }
}

function tell(running: Running, news: { job: Job } | { item: unknown }): void {
  for (const listener of running.listeners) listener(news);
}

const tooMany = (): Fault => new Fault('conflict', say('too many jobs run', '正在运行的任务过多'));
const STARTING = say('starting', '正在启动');
const cancelled = (): Fault => new Fault('conflict', say('cancelled', '已取消'));
