import type { Kysely } from 'kysely';
import { Fault } from '../api/fault.ts';
import type { Log } from '../system/log.ts';
import type { Calls } from './calls/calls.ts';
import { numberOf, textOf } from './resource/global-config/run.ts';
import { expungeImage } from './resource/image/resource.ts';
import { deletedBefore } from './resource/image/rows.ts';
import { expungeVmInstance } from './resource/vm/resource.ts';
import { destroyedBefore } from './resource/vm/rows.ts';

/** What stands in the recycle bin: `Delay` keeps it there for a time, `Never` for ever. */
const KINDS = [
  {
    category: 'vm',
    due: destroyedBefore,
    begin: (calls: Calls, uuid: string) => calls.own(expungeVmInstance.message, { uuid }),
  },
  {
    category: 'image',
    due: deletedBefore,
    begin: (calls: Calls, imageUuid: string) => calls.own(expungeImage.message, { imageUuid }),
  },
];

/** Erases what was deleted longer ago than `expungePeriod`, every `expungeInterval` seconds; 0: not by itself. */
export class Expunger {
  readonly #database: Kysely<object>;
  readonly #calls: Calls;
  readonly #log: Log;
  /** Monotonic milliseconds of the last run, of the start before the first. */
  readonly #last = new Map(KINDS.map(({ category }) => [category, performance.now()]));

  constructor(database: Kysely<object>, calls: Calls, log: Log) {
    this.#database = database;
    this.#calls = calls;
    this.#log = log;
  }

  /** Begins what is due; called every few seconds. */
  async look(): Promise<void> {
    for (const kind of KINDS) {
      const interval = await numberOf(this.#database, kind.category, 'expungeInterval');
      const passed = performance.now() - (this.#last.get(kind.category) ?? 0);
      if (interval === 0 || passed < interval * 1000) continue;
      this.#last.set(kind.category, performance.now());
      await this.#run(kind);
    }
  }

  async #run({ category, due, begin }: (typeof KINDS)[number]): Promise<void> {
    if ((await textOf(this.#database, category, 'deletionPolicy')) === 'Never') return;
    const period = await numberOf(this.#database, category, 'expungePeriod');
    for (const uuid of await due(this.#database, Date.now() - period * 1000))
      await begin(this.#calls, uuid).catch((thrown) =>
        this.#log(`expunge ${category} ${uuid}: ${Fault.from(thrown).words.en}`),
      );
  }
}
