import { Fault } from '../api/fault.ts';
import { issueWords } from '../api/issue-words.ts';
import type { Plan } from '../api/plan.ts';
import { say } from '../api/words.ts';
import { type ChangeInput, change as changeSchema } from '../node/network/change/schema/change.ts';
import type { PendingChange } from '../node/network/change/schema/pending.ts';
import type {
  keepChange,
  makeChange as networkChange,
  planChange,
  readNetwork,
  takeBackChange,
} from '../node/network/change/schema.ts';
import { agreed } from './agreed.ts';
import { asShown } from './as-shown.ts';
import type { NodeLink } from './node-link.ts';
import { print, printJson, tell } from './print.ts';
import type { Program, Verb } from './programs.ts';
import { bondTable } from './tables.ts';

export interface Flags {
  json?: boolean;
  dryRun?: boolean;
  yes?: boolean;
  why?: string;
}

/** Throws `usage` that names the argument, before anything is connected to. */
export function checkedChange(verb: Verb, words: string[]): ChangeInput {
  if (words.length < verb.least || words.length > verb.most) throw usage(`${verb.flag} takes ${verb.words}`);
  const input = verb.change(words);
  const result = changeSchema.safeParse(input);
  if (result.success) return input;
  const [issue] = result.error.issues;
  const field = String(issue?.path[0] ?? '');
  throw usage(`${verb.names[field] ?? field}: ${issueWords(issue).en}`);
}

const usage = (text: string): Fault => new Fault('usage', say(text, text));

/** Names the argument that a fault of the node is about. */
export function named(verb: Verb, thrown: unknown): Fault {
  const fault = Fault.from(thrown);
  const field = fault.field?.split('.').at(-1);
  const name = field === undefined ? undefined : verb.names[field];
  if (name === undefined) return fault;
  return new Fault(fault.kind, say(`${name}: ${fault.words.en}`, `${name}：${fault.words.zh}`), {
    ...(fault.next && { next: fault.next }),
  });
}

/** Shows the plan, asks when there is a person to ask, and makes the change. */
export async function makeChange(
  node: NodeLink,
  program: Program,
  change: ChangeInput,
  flags: Flags,
): Promise<void> {
  const plan = await node.call<typeof planChange>('network.plan', { change });
  if (flags.dryRun === true) return printPlan(plan, flags);
  const person = flags.yes !== true && process.stdin.isTTY && process.stdout.isTTY;
  const made = await asShown(plan, async (shown) => {
    if (person) printPlan(shown, flags);
    if (shown.steps.length === 0) return true;
    if (person && !(await agreed('Make this change? [y/N] '))) return false;
    await carryOut(node, { change, seen: shown.digest }, flags, person && node.serving);
    return true;
  });
  if (made !== undefined) await printResult(node, program, made, flags);
}

async function carryOut(
  node: NodeLink,
  order: { change: ChangeInput; seen: string },
  flags: Flags,
  person: boolean,
): Promise<void> {
  const asking = new AbortController();
  let asked = false;
  const follow = (pending: PendingChange) => {
    if (flags.json !== true) progress(pending);
    if (!person || asked || pending.phase !== 'confirming') return;
    asked = true;
    void confirm(node, pending, asking.signal);
  };
  try {
    await node.long<typeof networkChange>(
      'network.change',
      { ...order, unattended: !person, why: flags.why ?? '' },
      follow,
    );
  } finally {
    asking.abort();
  }
}

let shown = '';

/** Each step once, on stderr: stdout is for the result. */
function progress({ doing }: PendingChange): void {
  if (doing.en === shown) return;
  shown = doing.en;
  tell(doing.en);
}

/** No answer is an answer too: the change is then taken back. */
async function confirm(node: NodeLink, pending: PendingChange, signal: AbortSignal): Promise<void> {
  for (const { words } of pending.findings) tell(`  ${words.en}`);
  const answer = await agreed(`Keep it? ${pending.secondsLeft ?? 0} s left [y/N] `, { signal }).catch(
    () => undefined,
  );
  if (answer === undefined) return;
  const action = answer ? 'network.keep' : 'network.takeBack';
  await node.call<typeof keepChange | typeof takeBackChange>(action, { id: pending.id }).catch((thrown) => {
    tell(Fault.from(thrown).words.en);
  });
}

export function printPlan(plan: Plan, flags: Flags): void {
  if (flags.json === true) {
    printJson(plan);
    return;
  }
  print(plan.title.en);
  for (const [index, step] of plan.steps.entries()) print(`  ${index + 1}. ${step.words.en}`);
  for (const warning of plan.warnings) print(`  ! ${warning.en}`);
}

async function printResult(node: NodeLink, program: Program, plan: Plan, flags: Flags): Promise<void> {
  if (flags.json === true) {
    printJson({ title: plan.title.en, changed: plan.steps.length > 0 });
    return;
  }
  for (const warning of plan.warnings) print(warning.en);
  if (program.shows === 'bonds') print(bondTable(await node.call<typeof readNetwork>('network.read', {})));
}
