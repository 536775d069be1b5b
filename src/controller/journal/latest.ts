import type { Deed } from '../../api/jobs.ts';
import type { ChangeFact } from '../../node/facts/schema.ts';
import { whyOf } from '../../system/errno.ts';
import type { Log } from '../../system/log.ts';
import { shared } from '../../system/serial.ts';
import type { Story } from './file.ts';
import type { Journal } from './journal.ts';

/** As many as a large screen has room for. */
const SHOWN = 12;

/** The latest changes as the main screen tells them, read from journal and records whenever something was written into them. */
export class LatestChanges {
  readonly #journal: Journal;
  readonly #deeds: () => Promise<Deed[]>;
  readonly #changed: () => void;
  readonly #log: Log;
  #facts: ChangeFact[] = [];
  /** Settles when what is in the journal now is told. */
  readonly read = shared(() => this.#read());

  /** @param deeds the latest changes of the records: those without a plan are told as well */
  constructor(journal: Journal, deeds: () => Promise<Deed[]>, changed: () => void, log: Log) {
    this.#journal = journal;
    this.#deeds = deeds;
    this.#changed = changed;
    this.#log = log;
  }

  get facts(): ChangeFact[] {
    return this.#facts;
  }

  async #read(): Promise<void> {
    try {
      const [stories, deeds] = await Promise.all([this.#journal.latest(SHOWN), this.#deeds()]);
      const unplanned = deeds.filter(({ planned }) => planned !== true);
      const facts = [...stories.map(factOf), ...unplanned.map(factOfDeed)];
      this.#facts = facts.sort((a, b) => b.at - a.at).slice(0, SHOWN);
      this.#changed();
    } catch (thrown) {
      this.#log(`journal: ${whyOf(thrown).en}`);
    }
  }
}

const factOfDeed = ({ at, action, title, failed, caller: { program, line, uid } }: Deed): ChangeFact => ({
  at,
  action,
  title,
  who: { program, line, uid },
  outcome: failed === undefined ? 'finished' : 'failed',
});

const factOf = ({ change, end }: Story): ChangeFact => {
  const { program, line, uid } = change.caller;
  return {
    at: end?.at ?? change.at,
    action: change.action,
    title: change.plan.title,
    who: { program, line, uid },
    outcome: end?.outcome ?? 'open',
  };
};
