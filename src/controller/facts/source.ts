import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { placesOf } from '../../api/places.ts';
import type { Role } from '../../api/role.ts';
import type { LinkFeed } from '../../node/cluster/feed.ts';
import { Board, type NodeFacts } from '../../node/facts/board.ts';
import { clockSupplier } from '../../node/facts/clock.ts';
import { errorsSupplier } from '../../node/facts/errors.ts';
import { readIdentity } from '../../node/facts/identity.ts';
import { NOT_READ } from '../../node/facts/not-read.ts';
import type { Facts } from '../../node/facts/schema.ts';
import type { Supplier } from '../../node/facts/supplier.ts';
import { Ticker } from '../../node/facts/ticker.ts';
import { usageSupplier } from '../../node/facts/usage.ts';
import { hardwareSupplier } from '../../node/hardware/probe.ts';
import { networkPlaces } from '../../node/network/change/places.ts';
import { linksSupplier } from '../../node/network/links.ts';
import { type ManagementSetting, withServiceAddress } from '../../node/network/management-setting.ts';
import { missingSupplier } from '../../node/network/missing-supplier.ts';
import { neighboursSupplier } from '../../node/network/neighbours-supplier.ts';
import { SYSTEMD, type SystemdPlace, servicesSupplier } from '../../node/services/supplier.ts';
import { disksSupplier } from '../../node/storage/disks.ts';
import { foldersOf } from '../../node/storage/folders.ts';
import { ocfs2Supplier } from '../../node/storage/ocfs2.ts';
import { Kvm, kvmParts } from '../../node/vm/kvm.ts';
import { LIBVIRT_SOCKETS, vmsSupplier } from '../../node/vm/supplier.ts';
import { virtualizationSupplier } from '../../node/vm/virtualization.ts';
import { layoutOf } from '../../node/zstack/layout.ts';
import { isClockSynced } from '../../system/clock.ts';
import { whyOf } from '../../system/errno.ts';
import type { Log } from '../../system/log.ts';
import { type ReadText, readText } from '../../system/proc.ts';
import { attentionOf } from './attention.ts';
import { clusterSupplier } from './cluster.ts';
import { managementOf, managementSupplier } from './management.ts';
import { membersSupplier } from './members.ts';

/**
 * Where the controller gets its facts from. Events (links, services, VMs) are followed all the time; what must be
 * polled is read only while somebody watches, once for all of them.
 */
export interface FactsSource {
  /** Begins to follow events. Never throws for a part that is missing: that part is Unknown with the reason. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** The latest of every section this source owns. */
  current(): NodeFacts;
  /** While at least one watcher is there, polled figures are read. The listener gets the sections that changed. */
  watch(listener: (changed: Partial<Facts>) => void): () => void;
  /** What changed by itself, or while others watched, for as long as this source is there. */
  follow(listener: (changed: Partial<Facts>) => void): void;
}

export interface FactsOptions {
  role: Role;
  version: string;
  log: Log;
  /** The one folder of a development run. */
  dataDir?: string | undefined;
  /** The management address or NIC of node.ini. */
  management?: ManagementSetting;
  /** How the link to the cluster is; absent: there is none. */
  link?: LinkFeed;
  /** Folder of the node's own primary storage, when one is configured. */
  primaryStorage?: string | undefined;
  /** What tries guests under KVM. */
  kvm?: Kvm;
  /** For tests: other places of libvirt's sockets. */
  libvirtSockets?: readonly string[];
  /** For tests: the inventory program's file; beside this program's own otherwise. */
  inventoryProgram?: string;
  /** For tests: another bus. */
  systemd?: SystemdPlace;
  /** For tests: counts or replaces the readings of /proc and /sys. */
  readText?: ReadText;
}

/** The facts of this node. `start` first; `watch` before `current`, so that the polled figures are those of now. */
export function createFactsSource(options: FactsOptions): FactsSource {
  const { role, version, management = () => ({}) } = options;
  const { properties, socket } = layoutOf(options.dataDir);
  const places = placesOf(options.dataDir);
  const read = options.readText ?? readText;
  const board = new Board({ ...NOT_READ, identity: readIdentity(role, version, read) }, derived);
  const figures = { board, readText: read, now: () => performance.now() };
  const missing = missingSupplier(board, networkPlaces(places.data, places.config), management);
  const suppliers = [
    { polls: [{ every: 15, read: () => board.set('identity', readIdentity(role, version, read)) }] },
    usageSupplier(figures),
    clockSupplier(figures, isClockSynced),
    disksSupplier(board, read, (mounts) => foldersOf({ ...options, mounts })),
    servicesSupplier(board, role, options.systemd ?? SYSTEMD, role === 'management' ? properties : undefined),
    virtualizationSupplier(board, read, options.kvm ?? new Kvm(kvmParts(places.run))),
    vmsSupplier(board, options.libvirtSockets ?? LIBVIRT_SOCKETS),
    hardwareSupplier(board, options.inventoryProgram ?? INVENTORY),
    managementSupplier(board, options),
    clusterSupplier(board, role, options.link),
    ...(role === 'management' ? [membersSupplier(board, socket, version)] : []),
    ocfs2Supplier(board, read, role),
    errorsSupplier(board),
    neighboursSupplier(board),
    linksSupplier(board, read, withServiceAddress(management, properties, read), () => missing.ask()),
    missing,
  ];
  return new Source(board, suppliers, options.log);
}

const INVENTORY = join(dirname(process.argv[1] ?? ''), 'inventory.cjs');

const derived = (facts: NodeFacts): Partial<NodeFacts> => ({
  management: managementOf(facts),
  attention: attentionOf(facts),
});

/** Milliseconds that the first readings are waited for. */
const START_PATIENCE = 1000;

class Source implements FactsSource {
  readonly #board: Board;
  readonly #suppliers: readonly Supplier[];
  readonly #ticker: Ticker;
  readonly #log: Log;

  constructor(board: Board, suppliers: readonly Supplier[], log: Log) {
    this.#board = board;
    this.#suppliers = suppliers;
    this.#log = log;
    this.#ticker = new Ticker(
      suppliers.flatMap(({ polls }) => polls ?? []),
      log,
    );
  }

  /** A part that is slow to answer (a hanging daemon) does not hold up the others: it follows when it has. */
  async start(): Promise<void> {
    const started = Promise.all(this.#suppliers.map((supplier) => this.#start(supplier)));
    await Promise.race([started, setTimeout(START_PATIENCE, undefined, { ref: false })]);
    if (!this.#board.watched) this.#ticker.rest();
  }

  /** One that cannot begin is no reason to go without all the others, and without the controller. */
  async #start(supplier: Supplier): Promise<void> {
    try {
      await supplier.start?.();
    } catch (thrown) {
      this.#log(`facts cannot be followed: ${whyOf(thrown).en}`);
    }
  }

  async stop(): Promise<void> {
    this.#ticker.stop();
    await Promise.all(this.#suppliers.map((supplier) => supplier.stop?.()));
  }

  current(): NodeFacts {
    return { ...this.#board.facts };
  }

  follow(listener: (changed: Partial<Facts>) => void): void {
    this.#board.follow(listener);
  }

  watch(listener: (changed: Partial<Facts>) => void): () => void {
    const first = !this.#board.watched;
    const leave = this.#board.listen(listener);
    if (first) this.#ticker.watch();
    return () => {
      leave();
      if (!this.#board.watched) this.#ticker.rest();
    };
  }
}
