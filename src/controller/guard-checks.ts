import { type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';
import { readChecks } from '../guard/checks.ts';
import { diskTrouble, ensureFolder, readText, writeWhole } from '../system/files.ts';
import { serial } from '../system/serial.ts';
import type { Audit } from './audit/audit.ts';

/** Takes guard's records of password checks over into the audit chain, each once, as soon as they are written. */
export class GuardChecks {
  readonly #folder: string;
  readonly #audit: Audit;
  readonly #log: (text: string) => void;
  #watcher: FSWatcher | undefined;
  readonly #inTurn = serial();

  constructor(folder: string, audit: Audit, log: (text: string) => void) {
    this.#folder = folder;
    this.#audit = audit;
    this.#log = log;
  }

  async start(): Promise<void> {
    try {
      await ensureFolder(this.#folder);
      this.#watcher = watch(this.#folder, (_event, name) => {
        if (name === 'checks.jsonl') void this.takeOver();
      });
    } catch (error) {
      // Every session that opens looks as well.
      this.#log(`guard's records are not followed: ${diskTrouble(error)}`);
    }
    await this.takeOver();
  }

  /** Settles when what was being taken over is in the chain and marked as taken. */
  async stop(): Promise<void> {
    this.#watcher?.close();
    await this.#inTurn(async () => undefined);
  }

  /** Settles when all rows written until now are in the chain, or could not be. */
  takeOver(): Promise<void> {
    return this.#inTurn(() => this.#takeOver()).catch((error) => this.#log(`guard's records: ${error}`));
  }

  async #takeOver(): Promise<void> {
    const place = join(this.#folder, 'taken-over');
    const seen = Number((await readText(place, 32)) ?? 0);
    const fresh = (await readChecks(this.#folder)).filter(({ seq }) => seq > seen);
    const last = fresh.at(-1);
    if (last === undefined) return;
    await this.#noteGap(seen, fresh[0]?.seq ?? 0);
    for (const { event, outcome, seq, at, ...caller } of fresh) {
      await this.#audit.note(event, caller, { outcome, guard: { seq, at } });
    }
    // When the audit could not write, the rows stay to be taken over later.
    if (this.#audit.trouble === undefined) await writeWhole(place, String(last.seq));
  }

  async #noteGap(seen: number, first: number): Promise<void> {
    if (first > seen + 1) await this.#audit.note('guard.gap', undefined, { missing: first - seen - 1 });
  }
}
