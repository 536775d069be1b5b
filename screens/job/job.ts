import { reference } from '../../src/api/client.ts';
import { Fault } from '../../src/api/fault.ts';
import type { Job, watchJob } from '../../src/api/jobs.ts';
import type { ShownPlan } from '../../src/api/plan.ts';
import { say, type Words } from '../../src/api/words.ts';
import { type Progress, progress } from '../../src/tui/progress.ts';
import type { Line } from '../../src/tui/text.ts';
import type { Context } from '../context.ts';

const WATCH = reference<typeof watchJob>('jobs.watch');

export interface JobWindow<Output> {
  title: Words;
  /** What to say when it is done; the last one is the summary. */
  told(output: Output): readonly (Words | Line)[] | Promise<readonly (Words | Line)[]>;
  done: Words;
  /** Shows what would be made now, where that is no longer what the person saw. */
  moved?(plan: ShownPlan, words: Words): void;
}

/** Jobs whose end was seen here. The facts may tell a moment longer that they run. */
const seenEnded = new Set<string>();

/** The number of a job of this action that runs now, whoever began it. */
export const runningJob = (context: Context, action: string): string | undefined =>
  context.model.facts.jobs?.find(
    ({ id, ...job }) => job.action === action && job.state === 'running' && !seenEnded.has(id),
  )?.id;

/** Follows a job in a window; Esc leaves it running. A job that runs already is followed instead of begun again. */
export async function followJob<Output>(
  context: Context,
  action: { readonly name: string },
  begin: () => Promise<{ job: string }>,
  options: JobWindow<Output>,
): Promise<void> {
  const leave = new AbortController();
  const window = progress({ title: options.title, background: () => leave.abort() });
  context.stage.open(window.page);
  try {
    const id = runningJob(context, action.name) ?? (await begin()).job;
    const watching = {
      signal: leave.signal,
      onItem: (news: { job: Job } | { item: unknown }) => told(window, news),
    };
    const job = await context.controller().call(WATCH, { id }, watching);
    if (leave.signal.aborted) return;
    seenEnded.add(id);
    const { plan, words } = job.fault ?? {};
    if (options.moved === undefined || plan === undefined || words === undefined)
      return await ended(window, job, options);
    context.stage.close(window.page);
    options.moved(plan, words);
  } catch (thrown) {
    // Who left it finds it on the main screen.
    if (!leave.signal.aborted) window.failed(Fault.from(thrown));
  }
}

function told(window: Progress, news: { job: Job } | { item: unknown }): void {
  if ('job' in news && news.job.state === 'running') window.step(news.job.progress, news.job.fraction);
}

async function ended<Output>(window: Progress, job: Job, { told, done }: JobWindow<Output>): Promise<void> {
  if (job.state !== 'done') {
    window.failed(job.fault === undefined ? interrupted(job) : Fault.fromRecord(job.fault));
    return;
  }
  for (const row of await told(job.output as Output)) window.line(row);
  window.done(done);
}

const interrupted = (job: Job): Fault => new Fault('failed', job.progress);

/** When an address ends, in the reader's words. */
export const endsAt = (expires: number): Words => {
  const text = new Date(expires).toLocaleString('sv').slice(0, 16);
  return say(`The address ends at ${text}.`, `该地址于 ${text} 失效。`);
};
