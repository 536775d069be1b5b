import type { Kysely } from 'kysely';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';
import { shared } from '../../system/serial.ts';
import type { Vault } from '../secrets/vault.ts';
import { inputOf } from './input.ts';
import { moveOrder, type OrderRow, type Outcome, openOrders, settleOrder } from './order-row.ts';

/** The link to one host, as far as orders need it. */
export interface HostLine {
  /** Whether it has ended: an order that it took then comes again over the next one. */
  readonly ended: boolean;
  /** Has an order carried out; answers what came of it, now or when it came before. */
  carryOut(order: { id: string; action: string; input: unknown }): Promise<Outcome>;
  /** Has it not be carried out any more; undefined: it was not done, and never will be. */
  cancel(id: string): Promise<Outcome | undefined>;
}

interface Parts {
  readonly database: Kysely<object>;
  readonly host: string;
  readonly line: HostLine;
  /** How many orders the host carries out at once. */
  readonly atOnce: number;
  readonly vault: Vault;
  readonly settled: (id: string) => void;
  readonly log: (line: string) => void;
}

/** Brings what stands in the store for one host over its line, as long as that is there. */
export class Delivery {
  readonly #parts: Parts;
  readonly #carried = new Set<string>();
  readonly #cancelled = new Set<string>();
  /** Looks for what is to be brought; those who ask meanwhile share the next look. */
  readonly look: () => Promise<void>;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.look = shared(() => this.#look());
  }

  async #look(): Promise<void> {
    const { database, host, line, atOnce } = this.#parts;
    if (line.ended) return;
    const busy = new Set<string>();
    for (const row of await openOrders(database, host)) {
      const isNext = !busy.has(row.resource);
      busy.add(row.resource);
      if (row.state === 'cancelling') this.#begin(this.#cancelled, row, () => this.#cancel(row));
      else if (isNext && this.#carried.size < atOnce)
        this.#begin(this.#carried, row, () => this.#carryOut(row));
    }
  }

  #begin(those: Set<string>, { id }: OrderRow, work: () => Promise<void>): void {
    if (those.has(id)) return;
    those.add(id);
    work()
      .finally(() => those.delete(id))
      .then(() => this.look())
      .catch((thrown) => this.#parts.log(`order ${id}: ${Fault.from(thrown).words.en}`));
  }

  async #carryOut(row: OrderRow): Promise<void> {
    const { database, line, vault } = this.#parts;
    const { id, action, state } = row;
    if (state === 'queued' && !(await moveOrder(database, id, 'queued', 'sent'))) return;
    const told = async () => line.carryOut({ id, action, input: inputOf(row, vault) });
    const outcome = await told().catch((thrown) => {
      // A host that cannot even take it has not done it; one that is gone may have.
      if (line.ended) throw thrown;
      return { fault: Fault.from(thrown).toRecord() };
    });
    await this.#settle(id, outcome);
  }

  async #cancel({ id }: OrderRow): Promise<void> {
    const outcome = await this.#parts.line.cancel(id);
    await this.#settle(id, outcome ?? NOT_DONE);
  }

  async #settle(id: string, outcome: Outcome): Promise<void> {
    if (await settleOrder(this.#parts.database, id, outcome)) this.#parts.settled(id);
  }
}

const NOT_DONE: Outcome = {
  fault: new Fault('timeout', say('the host was told to leave it', '已通知主机不再执行')).toRecord(),
};
