import { Fault } from '../api/fault.ts';
import type { Words } from '../api/words.ts';
import type { Attention } from '../node/facts/schema.ts';
import type { OwnHost } from '../node/storage/expand/host.ts';
import type { Storages } from '../node/storage/local/storages.ts';
import type { Log } from '../system/log.ts';

export interface StorageKeeperParts {
  storages: Pick<Storages, 'away' | 'awaited' | 'connect' | 'told'>;
  host: Pick<OwnHost, 'isJoined' | 'tellRoom'>;
  /** Whether a storage is being put onto another disk, which takes it away for a while. */
  isMoving(): boolean;
  /** What `attention` answers has changed. */
  changed(): void;
  log: Log;
}

const EVERY = 10_000;

/**
 * Tells here that the disk of a storage is not mounted, and its cluster what room there is once it is: a disk may come long
 * after the machine's start.
 */
export class StorageKeeper {
  readonly #parts: StorageKeeperParts;
  #away: readonly Words[] = [];
  #isLooking = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: StorageKeeperParts) {
    this.#parts = parts;
  }

  get attention(): Attention[] {
    return this.#away.map((words) => ({ level: 'bad', words }));
  }

  start(): void {
    const look = () => {
      if (!this.#isLooking) void this.#look();
    };
    this.#timer = setInterval(look, EVERY);
    this.#timer.unref();
    look();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    const { isMoving, log } = this.#parts;
    this.#isLooking = true;
    if (!isMoving()) await this.#tell().catch((thrown) => log(`storages: ${Fault.from(thrown).words.en}`));
    this.#isLooking = false;
  }

  async #tell(): Promise<void> {
    const { storages, changed } = this.#parts;
    const away = await storages.away();
    const before = this.#away;
    this.#away = [...away.values()];
    if (JSON.stringify(before) !== JSON.stringify(this.#away)) changed();
    for (const [storage, path] of [...storages.awaited])
      if (!away.has(storage)) await this.#measured(storage, path);
  }

  async #measured(storage: string, path: string): Promise<void> {
    const { storages, host } = this.#parts;
    try {
      if (await host.isJoined()) await host.tellRoom(storage, await storages.connect(storage, path));
    } catch (thrown) {
      // The cluster that cannot be asked now is told later; one that does not know the storage, never.
      if (Fault.from(thrown).kind !== 'notFound') throw thrown;
    }
    storages.told(storage);
  }
}
