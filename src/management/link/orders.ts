import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { Action } from '../../api/action.ts';
import { Fault } from '../../api/fault.ts';
import { parseInput } from '../../api/registry.ts';
import { same, say } from '../../api/words.ts';
import type { Bus } from '../bus/bus.ts';
import { type Errand, type Ordered, type Orders, Undecided } from '../jobs/order.ts';
import {
  insertOrder,
  latestAttempt,
  moveOrder,
  type OrderRow,
  type Outcome,
  settleOrder,
} from './order-row.ts';

/** Somebody waits for an order of this host to be told. */
export const QUEUED = 'orders.queued';
/** Something came of this order. */
export const SETTLED = 'orders.settled';

const TIMES = {
  /** News that were lost are made up for by a look into the store. */
  look: 5_000,
  /** For a host without a link: a link that was cut comes back within half a minute. */
  unsent: 45_000,
  /** What a host may take for one order, where nothing else is said. */
  order: 300_000,
  /** What a host may take to say whether it did something whose time is over. */
  decide: 30_000,
};
export type OrderTimes = typeof TIMES;

interface Parts {
  readonly database: Kysely<object>;
  readonly bus: Bus;
  /** Whether any management node has a link to that host. */
  isConnected(host: string): Promise<boolean>;
  readonly times?: OrderTimes;
}

/** Writes orders down and waits for what comes of them; who has the host's link delivers them. */
export class OrderBook implements Orders {
  readonly #parts: Parts;
  readonly #times: OrderTimes;
  /** Those who wait, by the order's number. */
  readonly #waiting = new Map<string, () => void>();
  #last = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#times = parts.times ?? TIMES;
  }

  async start(): Promise<void> {
    await this.#parts.bus.subscribe(SETTLED, (id) => this.#waiting.get(String(id))?.());
  }

  async order(ordered: Ordered): Promise<unknown> {
    const { action, input, signal } = ordered;
    check(action, input);
    const row = await this.#row(ordered);
    const outcome = await this.#outcome(row, signal);
    if ('output' in outcome) return outcome.output ?? undefined;
    throw Fault.fromRecord(outcome.fault);
  }

  /** As `LeaveErrand`. Who has the host's link sees it at its next look. */
  async leave(database: Kysely<object>, { host, action, input, resource }: Errand): Promise<void> {
    check(action, input);
    const what = `errand/${randomUUID()}`;
    const open = { state: 'queued', outcome: null, deadline: 0, settled: 0, seq: this.#next() } as const;
    const given = { action: action.name, input: JSON.stringify(input), sealed: null };
    await insertOrder(database, { id: what, what, attempt: 1, host, resource, ...open, ...given });
  }

  /** The order that stands for this step already, or a new one. */
  async #row({ what, host, action, input, resource, seconds, sealed }: Ordered): Promise<OrderRow> {
    const { database, bus } = this.#parts;
    const latest = await latestAttempt(database, what);
    if (latest !== undefined && latest.state !== 'failed') return latest;
    const attempt = (latest?.attempt ?? 0) + 1;
    const deadline = Date.now() + (seconds === undefined ? this.#times.order : seconds * 1000);
    const open = { state: 'queued', outcome: null, deadline, settled: 0, seq: this.#next() } as const;
    const row: OrderRow = {
      ...{ id: `${what}/${attempt}`, what, attempt, host, resource, ...open },
      ...{ action: action.name, input: JSON.stringify(input) },
      sealed: sealed === undefined ? null : JSON.stringify(sealed),
    };
    await insertOrder(database, row);
    bus.publish(QUEUED, host);
    return row;
  }

  /** Microseconds since 1970, each once in this service. */
  #next(): number {
    this.#last = Math.max(this.#last + 1, Date.now() * 1000);
    return this.#last;
  }

  async #outcome({ id, what }: OrderRow, signal: AbortSignal): Promise<Outcome> {
    let takenBack: number | undefined;
    for (;;) {
      const news = this.#news(id);
      const row = await latestAttempt(this.#parts.database, what);
      if (row?.id !== id) throw new Fault('failed', say(`the order ${id} is gone`, `指令 ${id} 已不存在`));
      if (row.outcome !== null) return JSON.parse(row.outcome);
      const fault = takenBack === undefined ? await this.#whyNot(row, signal) : undefined;
      if (fault !== undefined) {
        takenBack = performance.now();
        await this.#takeBack(row, fault);
      } else if (takenBack === undefined) await heard(news, this.#times.look, signal);
      else if (performance.now() - takenBack > this.#times.decide) throw undecided(row);
      else await heard(news, this.#times.look);
    }
  }

  /** Settles at the next news of an order. */
  #news(id: string): Promise<void> {
    return new Promise((heard) => {
      this.#waiting.set(id, () => {
        this.#waiting.delete(id);
        heard();
      });
    });
  }

  /** Why an order is not wanted any more. Throws when it is, and only nobody waits for it here any longer. */
  async #whyNot(row: OrderRow, signal: AbortSignal): Promise<Fault | undefined> {
    if (signal.reason instanceof Fault) return signal.reason;
    signal.throwIfAborted();
    if (Date.now() > row.deadline) return late(row);
    const isLate = Date.now() * 1000 > row.seq + this.#times.unsent * 1000;
    return row.state === 'queued' && isLate && !(await this.#parts.isConnected(row.host))
      ? noLink(row)
      : undefined;
  }

  /** One that the host was told is cancelled there first. */
  async #takeBack({ id, host }: OrderRow, fault: Fault): Promise<void> {
    const { database, bus } = this.#parts;
    if (await settleOrder(database, id, { fault: fault.toRecord() }, 'queued')) return;
    if (await moveOrder(database, id, 'sent', 'cancelling')) bus.publish(QUEUED, host);
  }
}

function check(action: Action, input: unknown): void {
  if (!action.access.includes('cluster'))
    throw new Fault('internal', same(`${action.name} is not declared for the cluster`));
  parseInput(action, input);
}

/** Settles with the news, after that time, or when the signal ends. */
async function heard(news: Promise<void>, milliseconds: number, signal?: AbortSignal): Promise<void> {
  const stop = new AbortController();
  const either = signal === undefined ? stop.signal : AbortSignal.any([stop.signal, signal]);
  const slept = sleep(milliseconds, undefined, { signal: either }).catch(() => undefined);
  await Promise.race([news, slept]);
  stop.abort();
}

const late = ({ action }: OrderRow): Fault =>
  new Fault('timeout', say(`the host did not end ${action} in time`, `主机未能按时完成 ${action}`));

const noLink = ({ host, action }: OrderRow): Fault =>
  new Fault(
    'unavailable',
    say(`host ${host} has no link: ${action} was not begun`, `主机 ${host} 没有连接：未执行 ${action}`),
  );

const undecided = ({ host, action }: OrderRow): Fault =>
  new Undecided(
    'timeout',
    say(
      `host ${host} does not say whether it carried out ${action}`,
      `主机 ${host} 没有说明是否已执行 ${action}`,
    ),
  );
