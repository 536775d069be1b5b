import { say, type Words } from '../../../api/words.ts';
import { bootId } from '../../../system/boot.ts';
import { readText, writeWhole } from '../../../system/files.ts';
import type { NetworkManager } from '../../../system/networkmanager/manager.ts';
import type { Attention } from '../../facts/schema.ts';
import { currentId, type KeptState, readKept } from './kept.ts';
import type { NetworkPlaces } from './places.ts';
import { difference } from './plan/difference.ts';
import { labelOf, lookAt } from './prove.ts';
import type { NetworkState } from './schema/state.ts';

export interface KeptWatchParts {
  places: NetworkPlaces;
  open(): Promise<NetworkManager>;
  read(manager: NetworkManager): Promise<NetworkState>;
  /** A change is being made: what is half there is nobody's finding. */
  busy(): boolean;
  peers(): readonly string[];
  changed(): void;
  /** Milliseconds from the start on for leases, switch ports that learn, and bonds. */
  patience: number;
}

/** Milliseconds after the last of NetworkManager's signals. */
const QUIET = 2_000;
/** Until NetworkManager is looked for again, and what was missing is asked for again. */
const AGAIN = 10_000;

/**
 * Tells whether the network of now is the one that was kept last, and, at the first boot after a change, whether what was
 * proven then is so still.
 */
export class KeptWatch {
  readonly #parts: KeptWatchParts;
  readonly #started = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #followed: NetworkManager | undefined;
  #stopped = false;
  #differing: string[] = [];
  #missing: Words[] = [];

  constructor(parts: KeptWatchParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#in(0);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Something of the network has changed: it is looked at soon. */
  ask(): void {
    this.#in(QUIET);
  }

  get attention(): Attention[] {
    const differing = this.#differing.join(', ');
    return [
      ...this.#missing.map((words): Attention => ({ level: 'bad', words: sinceBoot(words), where: HISTORY })),
      ...(differing === '' ? [] : [{ level: 'warn' as const, words: notKept(differing), where: HISTORY }]),
    ];
  }

  #in(milliseconds: number): void {
    clearTimeout(this.#timer);
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.#look(), milliseconds);
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    if (this.#parts.busy()) return this.#in(AGAIN);
    const before = JSON.stringify(this.attention);
    try {
      await this.#compare();
    } catch {
      // Without NetworkManager nothing is known; that it is not there is said elsewhere.
      this.#differing = [];
      this.#in(AGAIN);
    }
    if (JSON.stringify(this.attention) !== before) this.#parts.changed();
  }

  async #compare(): Promise<void> {
    const { places } = this.#parts;
    const manager = await this.#manager();
    const kept = await readKept(places, await currentId(places));
    if (kept === undefined) return;
    this.#differing = differing(kept.state, await this.#parts.read(manager));
    if (await this.#isFirstBoot(kept)) await this.#askEvidence(kept);
    else this.#missing = [];
  }

  /** Follows each NetworkManager once. */
  async #manager(): Promise<NetworkManager> {
    const manager = await this.#parts.open();
    if (manager !== this.#followed) manager.onChange(() => this.ask());
    this.#followed = manager;
    return manager;
  }

  async #isFirstBoot({ id, boot, evidence }: KeptState): Promise<boolean> {
    if (boot === undefined || boot === bootId() || evidence === undefined) return false;
    return Number((await readText(this.#parts.places.proven, 64)) ?? 0) !== id;
  }

  /** Nothing is missing before there was time for it. */
  async #askEvidence({ id, evidence = [] }: KeptState): Promise<void> {
    const peers = this.#parts.peers();
    const looks = evidence.map(async (each) => {
      const problem = await lookAt(each, peers);
      const label = labelOf(each);
      return problem === undefined ? [] : [say(`${label.en}: ${problem.en}`, `${label.zh}：${problem.zh}`)];
    });
    const missing = (await Promise.all(looks)).flat();
    if (missing.length === 0) await writeWhole(this.#parts.places.proven, `${id}\n`);
    const late = performance.now() - this.#started > this.#parts.patience;
    this.#missing = late ? missing : [];
    if (missing.length > 0) this.#in(late ? AGAIN : QUIET);
  }
}

/** Names of the links whose settings are not those that were kept. NICs that came since are none. */
export function differing(kept: NetworkState, now: NetworkState): string[] {
  const { added, removed, changed } = difference(kept, now);
  const made = added.filter(
    ({ kind, uuid }) => kind !== 'physical' && kind !== 'other' && uuid !== undefined,
  );
  return [...new Set([...removed, ...changed.map(({ was }) => was), ...made].map(({ name }) => name))];
}

const HISTORY = say('F2, Configure Networks, h', 'F2，配置网络，h');

const notKept = (names: string): Words =>
  say(`the network is not as it was kept last: ${names}`, `网络与上次保留的不同：${names}`);

const sinceBoot = (words: Words): Words =>
  say(`since the start this is missing: ${words.en}`, `启动后缺少：${words.zh}`);
