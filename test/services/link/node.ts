import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Caller, Implementation } from '../../../src/api/action.ts';
import { Fault } from '../../../src/api/fault.ts';
import { Registry } from '../../../src/api/registry.ts';
import type { Reply } from '../../../src/api/server.ts';
import { same } from '../../../src/api/words.ts';
import { Audit } from '../../../src/controller/audit/audit.ts';
import { AuditLog } from '../../../src/controller/audit/log.ts';
import { Dispatcher } from '../../../src/controller/dispatcher.ts';
import { itemActions } from '../../../src/controller/facts/item-feed.ts';
import { ItemBoard } from '../../../src/controller/facts/items.ts';
import { JobStore } from '../../../src/controller/job-store.ts';
import { Jobs } from '../../../src/controller/jobs.ts';
import { Journal } from '../../../src/controller/journal/journal.ts';
import { LANES, Lanes } from '../../../src/controller/lanes.ts';
import { Sessions } from '../../../src/controller/sessions.ts';
import { type ClusterFeature, clusterFeature } from '../../../src/node/cluster/feature.ts';
import { LinkFeed } from '../../../src/node/cluster/feed.ts';
import { joinCluster, leaveCluster, lookAtCluster } from '../../../src/node/cluster/schema.ts';

/** A node's controller as far as its cluster reaches: the real ways in, with actions that a test brings. */
export class TestNode {
  readonly folder = mkdtempSync(join(tmpdir(), 'node-'));
  readonly feed = new LinkFeed();
  readonly items = new ItemBoard();
  readonly logged: string[] = [];
  mayLeave = true;
  #feature: ClusterFeature;
  #dispatcher: Dispatcher;
  readonly #actions: readonly Implementation[];

  constructor(actions: readonly Implementation[] = []) {
    this.#actions = actions;
    [this.#feature, this.#dispatcher] = this.#built();
  }

  /** As after a start of the controller: only what is on the disk is known. */
  async restart(): Promise<void> {
    await this.#feature.stop();
    [this.#feature, this.#dispatcher] = this.#built();
    this.#feature.start();
  }

  get membership() {
    return this.#feature.membership;
  }

  get link() {
    return this.#feature.link;
  }

  async end(): Promise<void> {
    await this.#feature.stop();
    rmSync(this.folder, { recursive: true });
  }

  look(port: number) {
    return this.ask(lookAtCluster.name, { address: '127.0.0.1', port }) as Promise<{ fingerprint: string }>;
  }

  join(port: number, token: string, fingerprint: string) {
    const input = { address: '127.0.0.1', port, token, fingerprint };
    return this.ask(joinCluster.name, input) as Promise<{ host: string }>;
  }

  leave(force = false) {
    return this.ask(leaveCluster.name, { force });
  }

  /** As root's own script does. */
  ask(action: string, input: unknown): Promise<unknown> {
    const caller = { uid: 0, pid: 1, line: '-', program: 'script' };
    return this.#dispatcher.call(caller, action, input, REPLY());
  }

  /** As the link does. */
  askAsCluster(action: string, input: unknown): Promise<unknown> {
    const caller = { uid: -1, pid: 0, line: '-', program: 'cluster' };
    return this.#dispatcher.call(caller, action, input, REPLY());
  }

  #built(): [ClusterFeature, Dispatcher] {
    const { folder, feed, logged } = this;
    const log = (line: string) => void logged.push(line);
    const jobs = new Jobs(new JobStore(join(folder, 'jobs'), log), () => undefined);
    const built = clusterFeature({
      ...{ data: folder, role: 'compute', version: '2.2.0', feed, log },
      about: async () => ({ hostname: 'node', version: '2.2.0', cpus: 4, sockets: 1, memory: 8 * 1024 ** 3 }),
      call: (caller: Caller, action: string, input: unknown, reply: Reply) =>
        dispatcher.call(caller, action, input, reply),
      ended: (output, signal) => jobs.ended(output, signal),
      follow: async () => undefined,
      mayLeave: async () => {
        if (!this.mayLeave) throw new Fault('conflict', same('VMs run here: 1'));
      },
    });
    const audit = new Audit(
      new AuditLog({ records: join(folder, 'audit'), head: join(folder, 'head') }),
      () => undefined,
      () => undefined,
    );
    const dispatcher = new Dispatcher({
      registry: new Registry([...built.actions, ...itemActions(this.items), ...this.#actions]),
      sessions: new Sessions({
        idleSeconds: 60,
        now: () => performance.now(),
        changed: () => undefined,
        ended: () => undefined,
      }),
      lanes: new Lanes({ ...LANES, now: () => performance.now() }),
      audit,
      journal: new Journal({
        folder: join(folder, 'journal'),
        executors: {},
        changed: () => undefined,
        written: () => undefined,
        log,
      }),
      executors: {},
      jobs,
    });
    return [built, dispatcher];
  }
}

const REPLY = (): Reply => ({
  signal: new AbortController().signal,
  item: () => undefined,
  progress: () => undefined,
});
