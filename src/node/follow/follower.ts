import { Fault } from '../../api/fault.ts';
import { say, type Words } from '../../api/words.ts';
import { serial } from '../../system/serial.ts';
import type { Attention } from '../facts/schema.ts';
import { installed } from './installed.ts';
import type { Following, Installed, PackageOffer, PackageSource } from './schema.ts';
import type { PackageStore } from './store.ts';

export interface FollowerParts {
  /** Of this program. */
  readonly version: string;
  readonly store: PackageStore;
  readonly source: PackageSource;
  /** Whether this node is a host of another machine's cluster and its link is up. */
  isLinked(): boolean;
  /** `follow_version` of node.ini. */
  isWanted(): Promise<boolean>;
  /** `follow.install`: on record, and alone on this node. */
  install(from: string, to: string): Promise<void>;
  changed(): void;
  readonly log: (line: string) => void;
  /** For tests: what the package manager says. */
  readonly installed?: (version: string) => Promise<Installed | undefined>;
}

/** Looks again after so long: the management node may have been upgraded, and what was in the way may be over. */
const AGAIN_MILLISECONDS = 60_000;

/** Makes this node's packages those of the management node's version. */
export class Follower {
  readonly #parts: FollowerParts;
  readonly #inTurn = serial();
  #timer: NodeJS.Timeout | undefined;
  #now: Following;
  readonly #stop = new AbortController();

  constructor(parts: FollowerParts) {
    this.#parts = parts;
    this.#now = { own: parts.version };
  }

  get now(): Following {
    return this.#now;
  }

  /** Why it has another version, for its cluster: the next host's turn comes then. */
  get trouble(): Words | undefined {
    return this.#now.underWay ? undefined : this.#now.why;
  }

  get attention(): Attention[] {
    const { own, wanted, why } = this.#now;
    if (wanted === undefined || why === undefined) return [];
    const words = say(
      `the management node has version ${wanted}, this node ${own}: ${why.en}`,
      `管理节点版本为 ${wanted}，本节点为 ${own}：${why.zh}`,
    );
    return [{ level: 'warn', words, where: say('zstack-ctl follow', 'zstack-ctl follow') }];
  }

  start(): void {
    this.#timer = setInterval(() => void this.look(), AGAIN_MILLISECONDS);
    this.#timer.unref();
    void this.look();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#stop.abort();
  }

  /** Looks whether there is something to follow, and does it. Never rejects. */
  look(): Promise<Following> {
    return this.#inTurn(async () => {
      try {
        await this.#look();
      } catch (thrown) {
        const { words } = Fault.from(thrown);
        this.#parts.log(`follow: ${words.en}`);
        // While the management node does not answer nothing is known against a node that had its version before.
        const { wanted } = this.#now;
        const isBehind = wanted !== undefined && wanted !== this.#parts.version;
        this.#tell(wanted, isBehind ? words : undefined);
      }
      return this.#now;
    });
  }

  async #look(): Promise<void> {
    const { version, store, source } = this.#parts;
    if (!this.#parts.isLinked() || !(await this.#parts.isWanted())) return this.#tell();
    const here = await (this.#parts.installed ?? installed)(version);
    if (here === undefined) return this.#tell();
    const offer = await source.offer(here);
    const { version: wanted } = offer;
    if (wanted === version) {
      await store.prune([version]);
      return this.#tell(wanted);
    }
    const failed = await store.failed();
    if (failed?.version === wanted) return this.#tell(wanted, didNot(failed.why));
    await this.#follow(here, offer);
  }

  async #follow(here: Installed, offer: PackageOffer): Promise<void> {
    const { version: own, store, source } = this.#parts;
    const { version: wanted } = offer;
    this.#tell(wanted, say('fetching its packages', '正在获取软件包'), true);
    // Without a way back nothing is begun.
    if (!(await store.has(own, here.names))) await this.#take(own, await source.offer(here, own));
    if (!(await store.has(wanted, here.names))) await this.#take(wanted, offer);
    await store.prune([own, wanted]);
    await source.takeTurn();
    this.#tell(wanted, say('installing its packages', '正在安装软件包'), true);
    await this.#parts.install(own, wanted);
    const failed = await store.failed();
    this.#tell(wanted, failed === undefined ? undefined : didNot(failed.why));
  }

  async #take(version: string, { packages, missing }: PackageOffer): Promise<void> {
    const [lacks] = missing;
    if (lacks !== undefined) throw notThere(lacks, version === this.#parts.version);
    const { store, source } = this.#parts;
    await store.take(version, packages, (file, signal) => source.open(file, signal), this.#stop.signal);
  }

  #tell(wanted?: string, why?: Words, underWay = false): void {
    const { version: own } = this.#parts;
    this.#now = {
      own,
      ...(wanted === undefined ? {} : { wanted }),
      ...(why === undefined ? {} : { why }),
      ...(underWay && { underWay }),
    };
    this.#parts.changed();
  }
}

const didNot = (why: string): Words =>
  say(
    `it did not work here (${why}), the one of before is back`,
    `该版本在此无法工作（${why}），已恢复原版本`,
  );

const notThere = (file: string, isOwn: boolean): Fault =>
  new Fault(
    'notFound',
    isOwn
      ? say(
          `without ${file} in its /var/lib/zstack/packages there is no way back`,
          `其 /var/lib/zstack/packages 中没有 ${file}，无法回退`,
        )
      : say(`it has no ${file} in /var/lib/zstack/packages`, `其 /var/lib/zstack/packages 中没有 ${file}`),
  );
