import { join } from 'node:path';
import type { AnyImplementation, Caller } from '../api/action.ts';
import type { Places } from '../api/places.ts';
import { Registry } from '../api/registry.ts';
import { LinkFeed } from '../node/cluster/feed.ts';
import { OLD_PLACES } from '../node/network/old/places.ts';
import type { Goings } from '../node/power/plan.ts';
import { blank } from '../node/system-settings/blanking.ts';
import { readConfig } from '../node/system-settings/config.ts';
import { machineId } from '../system/boot.ts';
import { whyOf } from '../system/errno.ts';
import { bootMilliseconds } from '../system/posix.ts';
import { halfDoneActions, jobActions, recordActions, sessionActions } from './actions.ts';
import { attentionOf } from './attention.ts';
import { Audit } from './audit/audit.ts';
import { readDeeds } from './audit/deeds.ts';
import { AuditLog, type AuditPlaces } from './audit/log.ts';
import { Dispatcher } from './dispatcher.ts';
import { FactsHub, factsActions } from './facts/hub.ts';
import { feedItems, itemActions } from './facts/item-feed.ts';
import { ItemBoard } from './facts/items.ts';
import { createFactsSource, type FactsSource } from './facts/source.ts';
import { createFeatures, type Features } from './features/node.ts';
import { GuardChecks } from './guard-checks.ts';
import { JobStore } from './job-store.ts';
import { Jobs } from './jobs.ts';
import { Journal } from './journal/journal.ts';
import { LatestChanges } from './journal/latest.ts';
import { LANES, Lanes } from './lanes.ts';

import { removeLeftovers } from './leftovers.ts';
import { OldNetwork } from './old-network.ts';
import type { ControllerOptions } from './options.ts';
import { Recovery } from './recovery.ts';
import { Repaint, repaintActions } from './repaint.ts';
import { Sessions } from './sessions.ts';
import { Tickets } from './tickets.ts';

/** Records and head are apart, so that cutting the records off shows. */
export const auditPlacesOf = (places: Places): AuditPlaces => ({
  records: join(places.data, 'audit'),
  head: places.auditHead,
});

/** All parts of the controller, tied together; it listens to nobody yet. */
export class Controller {
  readonly registry: Registry;
  readonly dispatcher: Dispatcher;
  readonly lanes: Lanes;
  readonly audit: Audit;
  readonly journal: Journal;
  readonly jobs: Jobs;
  readonly sessions: Sessions;
  readonly #latest: LatestChanges;
  readonly #source: FactsSource;
  readonly #hub: FactsHub;
  readonly #items = new ItemBoard();
  readonly #link = new LinkFeed();
  readonly #recovery: Recovery;
  readonly #checks: GuardChecks;
  readonly #features: Features;
  readonly #oldNetwork: OldNetwork;
  readonly #options: ControllerOptions;

  constructor(options: ControllerOptions) {
    const { places, config, log, role, version } = options;
    this.#options = options;
    this.lanes = new Lanes({ ...LANES, now: bootMilliseconds });
    const records = auditPlacesOf(places);
    this.audit = new Audit(
      new AuditLog(records),
      () => this.#hub.attentionChanged(),
      () => void this.#latest.read(),
    );
    this.#features = this.#newFeatures();
    this.journal = this.#newJournal();
    this.#latest = new LatestChanges(
      this.journal,
      () => readDeeds(records.records, 50),
      () => this.#hub.changesChanged(),
      log,
    );
    this.jobs = new Jobs(new JobStore(join(places.data, 'jobs'), log), () => this.#hub.jobsChanged());
    this.sessions = this.#newSessions();
    this.#recovery = this.#newRecovery();
    this.#checks = new GuardChecks(join(places.data, 'guard'), this.audit, log);
    this.#source = createFactsSource({
      role,
      version,
      log,
      dataDir: places.dataDir,
      // What became senseless since the start is no reason to lose sight of the links: what held then counts.
      management: () => readConfig(places.config, config),
      link: this.#link,
      primaryStorage: config.primaryStorage,
      kvm: this.#features.kvm,
    });
    const machine = machineId();
    this.#source.follow((changed) => {
      feedItems(this.#items, machine, changed);
      if (changed.nics !== undefined) this.#features.linksChanged();
    });
    this.#oldNetwork = new OldNetwork({
      places: OLD_PLACES,
      lanes: this.lanes,
      changed: () => this.#hub.attentionChanged(),
      log,
    });
    this.#hub = this.#newHub();
    const { sessions, lanes, audit, journal, jobs } = this;
    this.registry = new Registry(this.#actions());
    const { registry } = this;
    const { executors } = this.#features;
    this.dispatcher = new Dispatcher({ registry, sessions, lanes, audit, journal, executors, jobs });
  }

  /** Settles what the last run left; after it changes may be made. */
  async recover(): Promise<void> {
    const { role, version, places, log } = this.#options;
    await removeLeftovers(places, log);
    const settled = await this.#recovery.run();
    await this.#latest.read();
    await this.audit.note('controller.started', undefined, { role, version });
    await this.jobs.load(new Map(settled.map(({ action, words }) => [action, words])));
  }

  async start(): Promise<void> {
    await this.#checks.start();
    await this.#blank();
    await this.#source.start();
    const { alone, places } = this.#options;
    // A development run has nothing to do with the machine's own files.
    if (alone !== true && places.dataDir === undefined) void this.#oldNetwork.start();
    if (alone !== true) this.#features.start();
  }

  /** The kernel forgets with the machine's start when the screen is to go dark. */
  async #blank(): Promise<void> {
    const { config, log } = this.#options;
    if (config.blankMinutes === undefined) return;
    await blank(config.blankMinutes).catch((thrown) => log(`blank_minutes: ${whyOf(thrown).en}`));
  }

  /** A connection has ended. */
  left(caller: Caller): void {
    this.sessions.left(caller);
  }

  /** It is going to end: changes that wait for a person are taken back. */
  stopping(): void {
    this.#features.stopping();
  }

  async stop(): Promise<void> {
    this.#recovery.stop();
    this.#oldNetwork.stop();
    this.#features.stop();
    await this.#checks.stop();
    await this.#source.stop();
    await this.audit.close('controller.stopped');
  }

  #actions(): AnyImplementation[] {
    const { sessions, audit } = this;
    const { places, log } = this.#options;
    const tickets = new Tickets(places.guardKey, bootMilliseconds);
    return [
      ...sessionActions({ sessions, tickets, audit, takeOverChecks: () => this.#checks.takeOver() }),
      ...jobActions(this.jobs),
      ...recordActions(this.journal, auditPlacesOf(places)),
      ...halfDoneActions(this.journal, () => this.#recovery.run()),
      ...factsActions(this.#hub),
      ...itemActions(this.#items),
      ...repaintActions(new Repaint(log)),
      ...this.#features.actions,
    ];
  }

  #newJournal(): Journal {
    const { places, log } = this.#options;
    return new Journal({
      folder: join(places.data, 'journal'),
      executors: this.#features.executors,
      changed: () => {
        this.#hub.attentionChanged();
        this.#recovery.watch();
      },
      written: () => void this.#latest.read(),
      log,
    });
  }

  #newRecovery(): Recovery {
    const { journal, audit, lanes } = this;
    return new Recovery({ journal, audit, lanes, log: this.#options.log });
  }

  #newHub(): FactsHub {
    return new FactsHub(this.#source, {
      pen: () => this.sessions.fact(),
      jobs: () => this.jobs.facts(),
      changes: () => this.#latest.facts,
      attention: () => [
        ...attentionOf(this.audit, this.journal.findings, this.#options.troubles),
        ...this.#features.attention(),
        ...this.#oldNetwork.attention,
      ],
    });
  }

  #newSessions(): Sessions {
    return new Sessions({
      idleSeconds: this.#options.config.idleSeconds,
      now: bootMilliseconds,
      changed: () => this.#hub.penChanged(),
      ended: (caller, end) => void this.audit.note('session.ended', caller, { end }),
    });
  }

  #newFeatures(): Features {
    return createFeatures({
      options: this.#options,
      lanes: this.lanes,
      record: (caller, outcome) => this.audit.note('password.check', caller, { outcome }),
      goings: () => this.#goings(),
      feed: this.#link,
      call: (...given) => this.dispatcher.call(...given),
      ended: (output, signal) => this.jobs.ended(output, signal),
      attentionChanged: () => this.#hub.attentionChanged(),
    });
  }

  #goings(): Goings {
    return {
      vms: this.#source.current().vms,
      jobs: this.jobs.facts().flatMap(({ state, title }) => (state === 'running' ? [title] : [])),
      unsettled: this.journal.halfDone,
      changes: this.lanes.holders.map(({ action }) => action),
    };
  }
}
