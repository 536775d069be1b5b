import type { ChangeFact } from '../../node/facts/schema.ts';
import { whyOf } from '../../system/errno.ts';
import type { Log } from '../../system/log.ts';
import type { Story } from './file.ts';
import type { Journal } from './journal.ts';

/** As many as a large screen has room for. */
const SHOWN = 12;

/** The latest changes as the main screen tells them, read from the journal whenever something was written into it. */
export class LatestChanges {
  readonly #journal: Journal;
  readonly #changed: () => void;
  readonly #log: Log;
  #facts: ChangeFact[] = [];
  #reading = Promise.resolve();

  constructor(journal: Journal, changed: () => void, log: Log) {
    this.#journal = journal;
    this.#changed = changed;
    this.#log = log;
  }

  get facts(): ChangeFact[] {
    return this.#facts;
  }

  /** Settles when what is in the journal now is told. */
  read(): Promise<void> {
    this.#reading = this.#reading.then(() => this.#read());
    return this.#reading;
  }

  async #read(): Promise<void> {
    try {
      this.#facts = (await this.#journal.latest(SHOWN)).map(factOf);
      this.#changed();
    } catch (thrown) {
      this.#log(`journal: ${whyOf(thrown).en}`);
    }
  }
}

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
