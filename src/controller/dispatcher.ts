import { type Action, type AnyImplementation, type Caller, CLUSTER, type Run } from '../api/action.ts';
import { Fault } from '../api/fault.ts';
import type { Plan, Step } from '../api/plan.ts';
import { parseInput, type Registry } from '../api/registry.ts';
import type { Reply } from '../api/server.ts';
import { same, say, type Words } from '../api/words.ts';
import { Agreement, shown } from './agreement.ts';
import type { Audit } from './audit/audit.ts';
import type { Jobs } from './jobs.ts';
import type { Executors } from './journal/executors.ts';
import type { Journal } from './journal/journal.ts';
import type { Held, Lanes } from './lanes.ts';
import type { Sessions } from './sessions.ts';

export interface Parts {
  registry: Registry;
  sessions: Sessions;
  lanes: Lanes;
  audit: Audit;
  journal: Journal;
  executors: Executors;
  jobs: Jobs;
}

/** One call of an action: by whom, with what. */
interface Call {
  caller: Caller;
  implementation: AnyImplementation;
  input: unknown;
  agreement: Agreement;
  /** Its place in the lanes. */
  held: Held;
  /** What it is called in the records, and why it was asked for. */
  told: { title?: Words; why?: string; planned?: true };
}

/** The one way to every action: validates, asks for the right to it, records, and keeps changes of one scope one at a time. */
export class Dispatcher {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Answers the action's output, for a long one its job's number. */
  async call(caller: Caller, name: string, input: unknown, reply: Reply): Promise<unknown> {
    const implementation = this.#parts.registry.find(name);
    const { action } = implementation;
    this.#authorise(caller, action);
    const parsed = parseInput(action, input);
    const agreement = new Agreement(this.#parts.executors, (parsed as { seen?: string }).seen);
    const told = toldOf(action, parsed);
    const call: Call = { caller, implementation, input: parsed, agreement, held: NO_LANE, told };
    if (!action.long) return this.#carryOut(call, reply);
    return this.#parts.jobs.start(action.name, (jobReply) => this.#carryOut(call, jobReply));
  }

  #authorise(caller: Caller, action: Action): void {
    try {
      this.#mustBeAllowed(caller, action);
    } catch (thrown) {
      this.#parts.audit.count('refused');
      throw thrown;
    }
  }

  #mustBeAllowed(caller: Caller, { access, name }: Action): void {
    const isCluster = caller.program === CLUSTER;
    if (access.includes(isCluster ? 'cluster' : 'look') || (!isCluster && isOwnScript(caller))) return;
    if (isCluster || !access.includes('password')) throw notForThem(caller, name);
    this.#parts.sessions.require(caller);
  }

  #carryOut(call: Call, reply: Reply): Promise<unknown> {
    const { action } = call.implementation;
    const { lane, name, urgent } = action;
    if (lane === 'none') return this.#read(call, reply);
    if (urgent) return this.#change(call, reply);
    const about = action.about?.(call.input);
    const change = {
      caller: call.caller,
      action: name,
      scope: lane,
      ...(about !== undefined && { about }),
    };
    return this.#parts.lanes.hold(change, (held) => {
      // It may have been taken back while it waited.
      reply.signal.throwIfAborted();
      return this.#change({ ...call, held }, reply);
    });
  }

  async #read(call: Call, reply: Reply): Promise<unknown> {
    const { audit } = this.#parts;
    const { record, name } = call.implementation.action;
    if (record === 'count') {
      audit.count('look');
      return this.#run(call, reply);
    }
    // What was only read is answered even when it cannot be recorded; the audit says so by itself.
    const finish = audit.read(call.caller, name, call.input);
    return finish(this.#run(call, reply));
  }

  async #change(call: Call, reply: Reply): Promise<unknown> {
    const { name, urgent } = call.implementation.action;
    const finish = await this.#parts.audit.change(call.caller, name, call.input).catch((thrown) => {
      if (!urgent) throw thrown;
      reply.progress({ words: NOT_RECORDED });
      return passThrough;
    });
    return finish(this.#run(call, reply), () => call.told);
  }

  async #run(call: Call, reply: Reply): Promise<unknown> {
    const { caller, implementation } = call;
    const run: Run<unknown, Step, unknown> = {
      caller,
      signal: reply.signal,
      emit: (item) => reply.item(item),
      progress: (words, fraction) => {
        call.held.sign();
        reply.progress(fraction === undefined ? { words } : { words, fraction });
      },
      show: (plan) => shown(plan, this.#parts.executors),
      agreed: (plan) => this.#agree(call, plan, reply),
      carryOut: (plan, given) => this.#journaled(call, plan, given, reply),
      holding: (scope, work) => call.held.also(scope, work),
    };
    const output = await implementation.run(call.input, run);
    if (call.agreement.open)
      throw new Fault('internal', same(`${implementation.action.name} compared no plan`));
    return output;
  }

  /** Whatever comes of it is told by the name of the plan. */
  #agree({ agreement, told }: Call, plan: Plan, reply: Reply): void {
    this.#parts.jobs.title(reply, plan.title);
    told.title ??= plan.title;
    agreement.check(plan);
  }

  async #journaled(call: Call, plan: Plan, given: unknown, reply: Reply): Promise<void> {
    const { caller, implementation, held, told } = call;
    const { name, lane } = implementation.action;
    if (lane === 'none') throw new Fault('internal', say(`${name} only reads`, `${name} 只读`));
    const about = implementation.action.about?.(call.input);
    this.#agree(call, plan, reply);
    told.planned = true;
    const progress = (words: Words, fraction: number) => {
      held.sign();
      reply.progress({ words, fraction });
    };
    const { signal } = reply;
    const change = { caller, action: name, ...(about !== undefined && { about: `${lane} ${about}` }), plan };
    return this.#parts.journal.carryOut(change, { signal, given, progress });
  }
}

function toldOf(action: Action, input: unknown): Call['told'] {
  const title = action.told?.(input);
  const why = (input as { why?: unknown }).why;
  return {
    ...(title !== undefined && { title }),
    ...(typeof why === 'string' && why !== '' && { why }),
  };
}

const notForThem = ({ program }: Caller, name: string): Fault =>
  new Fault('refused', say(`${program} may not ask for ${name}`, `${program} 无权执行 ${name}`));

const NO_LANE: Held = { sign() {}, also: (_scope, work) => work() };

const NOT_RECORDED = say('this could not be recorded', '此操作无法记录');
const passThrough = <T>(outcome: Promise<T>): Promise<T> => outcome;

/** Root's own scripts need no password: root has every right anyway. The same for the user of a development run. */
function isOwnScript({ uid, program }: Caller): boolean {
  return program === 'script' && (uid === 0 || uid === process.getuid?.());
}
