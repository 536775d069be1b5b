import { Fault } from '../../api/fault.ts';
import type { HalfDone } from '../../api/jobs.ts';
import type { Kept } from '../../api/plan.ts';
import { say, type Words } from '../../api/words.ts';
import { diskFault } from '../../system/files.ts';
import { type Executors, executorOf, stepOf } from './executors.ts';
import { BestEffort, type Outcome, readStory, type Story } from './file.ts';
import { KeptFiles } from './kept.ts';

/** What became of a change that did not run to its end. */
export interface Settled {
  /** Its journal file. */
  name: string;
  action: string;
  /** As its change has it. */
  about?: string | undefined;
  title: Words;
  outcome: Outcome | 'stuck';
  words: Words;
  /** Done just now, rather than at an earlier start. */
  now: boolean;
  /** Of what is stuck. */
  remedy?: Pick<HalfDone, 'next' | 'rebootMends'>;
}

/** How it came that a change is brought to an end. `given`: what its steps were given, as long as that is still there. */
export interface Occasion {
  /** After a crash a change whose steps are all done is finished; one that just failed is undone unless it was decided. */
  when: 'after a crash' | 'after a failure';
  given?: unknown;
  kept: Kept;
}

/** A change on its way to an end. */
interface Settling extends Occasion {
  story: Story;
  executors: Executors;
  file: BestEffort;
}

/**
 * Brings the change in one file to an end. Undefined when there is nothing to tell. What can be neither finished nor
 * undone is `stuck`: its file stays as it is, and it is tried again at the next start.
 */
export async function settle(
  folder: string,
  name: string,
  executors: Executors,
  occasion: Occasion = { when: 'after a crash', kept: new KeptFiles(folder, name) },
): Promise<Settled | undefined> {
  let story: Story | undefined;
  try {
    story = await readStory(folder, name);
    if (story === undefined || story.acknowledged) return undefined;
    if (story.end !== undefined)
      return story.end.recovered ? told(story, story.end.outcome, false) : undefined;
    const file = await BestEffort.reopen(folder, name);
    return told(story, await bringToEnd({ ...occasion, story, executors, file }), true);
  } catch (thrown) {
    return stuck(name, story, executors, thrown);
  }
}

async function bringToEnd(change: Settling): Promise<Outcome> {
  const { file, when } = change;
  try {
    const outcome = await finishOrUndo(change);
    // One that goes on by being made again leaves nothing for a person to acknowledge.
    const recovered = when === 'after a crash' && outcome !== 'stopped';
    await file.write({ end: outcome, recovered, at: Date.now() });
    return outcome;
  } finally {
    await file.close();
  }
}

async function finishOrUndo(change: Settling): Promise<Outcome> {
  const { story, executors, when } = change;
  const { plan } = story.change;
  await settleLast(change);
  const done = story.begun.filter((index) => story.applied.has(index) && !story.undone.has(index));
  const whole = done.length === plan.steps.length;
  const last = plan.steps.at(-1);
  const decided = whole && last !== undefined && executorOf(executors, last).decides === true;
  const backward = story.undoing.size > 0 || (when === 'after a failure' && !decided);
  if (!backward && whole) return 'finished';
  if (plan.resumes === true) return 'stopped';
  for (const index of done.reverse()) await undo(change, index);
  return 'undone';
}

/** At most one step was begun and not ended: its executor knows how it stands. */
async function settleLast(change: Settling): Promise<void> {
  const { story, executors, file, given, kept } = change;
  const open = story.begun.find((index) => !story.applied.has(index) && !story.undone.has(index));
  if (open === undefined) return;
  const step = stepOf(story.change.plan, open);
  if ((await executorOf(executors, step).settle(step, { given, kept })) === 'not done') return;
  await file.write({ applied: open });
  story.applied.add(open);
}

async function undo(change: Settling, index: number): Promise<void> {
  const { story, executors, file, given, kept } = change;
  const step = stepOf(story.change.plan, index);
  await file.write({ undo: index });
  await executorOf(executors, step).undo(step, { given, kept });
  await file.write({ undone: index });
}

const WORDS: Record<Outcome, Words> = {
  finished: say('a change that was interrupted has been finished', '中断的更改已完成'),
  undone: say('a change that was interrupted has been undone', '中断的更改已撤销'),
  stopped: say('a change was interrupted and goes on when it is made again', '更改已中断，再次执行时继续'),
};

function told({ name, change }: Story, outcome: Outcome, now: boolean): Settled {
  const { title } = change.plan;
  const words = say(`${WORDS[outcome].en}: ${title.en}`, `${WORDS[outcome].zh}：${title.zh}`);
  const { action, about } = change;
  return { name, action, about, title, outcome, words, now };
}

function stuck(name: string, story: Story | undefined, executors: Executors, thrown: unknown): Settled {
  const { words } = diskFault(thrown) ?? Fault.from(thrown);
  const title = story?.change.plan.title ?? say(`change ${name}`, `更改 ${name}`);
  const rebootMends = story !== undefined && mendedByReboot(story, executors);
  return {
    name,
    action: story?.change.action ?? '',
    about: story?.change.about,
    title,
    outcome: 'stuck',
    words: say(
      `could be neither finished nor undone: ${title.en}. Now: ${words.en}`,
      `既无法完成也无法撤销：${title.zh}。现状：${words.zh}`,
    ),
    now: true,
    remedy: { rebootMends, next: rebootMends ? REBOOT : AGAIN },
  };
}

const mendedByReboot = ({ begun, change: { plan } }: Story, executors: Executors): boolean =>
  begun.some((index) => executorOf(executors, stepOf(plan, index)).rebootMends === true);

const AGAIN = say(
  'It is tried again every minute and at each start: F2, Diagnose tells what stands in the way.',
  '每分钟及每次启动时自动重试：“诊断”会指出原因。',
);
const REBOOT = say(
  'A reboot (F12) brings back what was kept last. Without one it is tried again every minute.',
  '重启（F12）会恢复上次保留的状态；不重启时每分钟自动重试。',
);
