import { Fault } from '../../../api/fault.ts';
import { say } from '../../../api/words.ts';
import { addressAnswers } from './ask.ts';
import type { FreeStep } from './plan/steps.ts';

/** Milliseconds for which an address that was found free counts as such. */
const FRESH = 60_000;

/** Asks whether addresses are free: once for the plan, and not again when the change follows at once. */
export class FreeAddresses {
  readonly #asked = new Map<string, number>();

  /** Throws `conflict` when somebody else has the address. */
  async ask({ link, address }: FreeStep): Promise<void> {
    const key = `${link} ${address}`;
    const asked = this.#asked.get(key) ?? Number.NEGATIVE_INFINITY;
    if (performance.now() - asked < FRESH) return;
    const holder = await addressAnswers(link, address);
    if (holder !== undefined && holder !== 'unknown') throw taken(address, holder);
    this.#asked.clear();
    this.#asked.set(key, performance.now());
  }
}

const taken = (address: string, holder: string): Fault =>
  new Fault('conflict', say(`${address} is in use by ${holder}`, `${address} 已被 ${holder} 使用`), {
    field: 'address',
  });
