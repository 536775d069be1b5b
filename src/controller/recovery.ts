import { Fault } from '../api/fault.ts';
import type { Log } from '../system/log.ts';
import type { Audit } from './audit/audit.ts';
import type { Journal } from './journal/journal.ts';
import type { Settled } from './journal/settle.ts';
import type { Lanes } from './lanes.ts';

export interface RecoveryParts {
  journal: Journal;
  audit: Audit;
  lanes: Lanes;
  log: Log;
}

/** How often what is stuck is tried again: what it needs (the database, say) may start later than the controller. */
const AGAIN_MILLISECONDS = 60_000;

/** Brings what an earlier run left to an end: at start, and again while something is stuck. */
export class Recovery {
  readonly #parts: RecoveryParts;
  /** Stuck changes that are on record already. */
  readonly #told = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: RecoveryParts) {
    this.#parts = parts;
  }

  get stuck(): boolean {
    return this.#parts.journal.findings.some(({ outcome }) => outcome === 'stuck');
  }

  /** Answers what was settled just now. */
  async run(): Promise<Settled[]> {
    const settled = await this.#parts.journal.recover();
    for (const finding of settled) await this.#tell(finding);
    return settled;
  }

  /** Tries again from time to time, as long as something is stuck; never while a change is made. Called whenever that may be. */
  watch(): void {
    if (!this.stuck || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => void this.#again(), AGAIN_MILLISECONDS);
    this.#timer.unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  async #again(): Promise<void> {
    const change = {
      caller: { line: '-', program: 'recovery' },
      action: 'journal.recover',
      scope: 'node',
    } as const;
    try {
      await this.#parts.lanes.hold(change, () => this.run());
    } catch (thrown) {
      this.#parts.log(`recovery: ${Fault.from(thrown).words.en}`);
    }
    this.#timer = undefined;
    this.watch();
  }

  async #tell({ name, action, outcome, words }: Settled): Promise<void> {
    if (outcome === 'stuck' && this.#told.has(name)) return;
    if (outcome === 'stuck') this.#told.add(name);
    this.#parts.log(words.en);
    await this.#parts.audit.note('journal.settled', undefined, {
      change: name,
      action,
      outcome,
      words: words.en,
    });
  }
}
