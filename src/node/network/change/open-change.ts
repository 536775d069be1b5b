import { Fault } from '../../../api/fault.ts';
import { say, type Words } from '../../../api/words.ts';
import type { NetworkManager } from '../../../system/networkmanager/manager.ts';
import { Applier } from './apply.ts';
import type { Reason } from './attempt.ts';
import { type Answer, Countdown, type Limits } from './countdown.ts';
import { describeDifference } from './describe.ts';
import type { Followers } from './follow.ts';
import { difference } from './plan/difference.ts';
import type { BeginStep, FollowStep, ProveStep } from './plan/steps.ts';
import { finding, isSame, lookAt, noPeers } from './prove.ts';
import { see } from './read.ts';
import { recordOf, type StateRecord, saveRecord } from './record.ts';
import type { Evidence, Finding, PendingChange } from './schema/pending.ts';
import { type NetworkState, portsOf } from './schema/state.ts';

export interface Intent {
  reason: Reason;
  /** Nobody can be asked: the evidence decides. */
  unattended: boolean;
  before: NetworkState;
  after: NetworkState;
  evidence: Evidence[];
}

export interface OpenOptions {
  limits: Limits;
  recordPath: string;
  /** Addresses that should go on answering. */
  peers: readonly string[];
  changed(): void;
}

/** Seconds that NetworkManager's own way back waits longer than ours. */
const SLACK = 3;
/** Longest that the steps before the evidence may take, in seconds. */
const STEPS = 180;

/** One change from its checkpoint on, until it is kept or taken back. */
export class OpenChange {
  readonly applier: Applier;
  readonly intent: Intent;
  readonly manager: NetworkManager;
  record: StateRecord | undefined;
  readonly #options: OpenOptions;
  #phase: PendingChange['phase'] = 'applying';
  #doing: Words = say('', '');
  #findings: Finding[] = [];
  #countdown: Countdown | undefined;
  /** Evidence that did not hold before either, and so is not demanded. */
  #excused: Evidence[] = [];
  /** Peers that answered before. */
  #peers: string[] = [];

  constructor(manager: NetworkManager, intent: Intent, options: OpenOptions) {
    this.manager = manager;
    this.intent = intent;
    this.#options = options;
    this.applier = new Applier(manager, options.limits.evidence * 1000);
  }

  /** Names of the links that it is about, old and new. */
  get touched(): string[] {
    return touchedNames(this.intent);
  }

  get #profiles(): string[] {
    const { removed, changed } = difference(this.intent.before, this.intent.after);
    const links = [...removed, ...changed.map(({ was }) => was)];
    return links.flatMap(({ uuid = '', candidates = [] }) => [uuid, ...candidates.map((each) => each.uuid)]);
  }

  get pending(): PendingChange | undefined {
    if (this.record === undefined) return undefined;
    return {
      id: String(this.record.id),
      title: this.intent.reason.title,
      phase: this.#phase,
      ...this.#waiting(),
      findings: this.#findings,
      doing: this.#doing,
    };
  }

  /** Of a change that waits: the clock that decides, and whether it was agreed to. */
  #waiting(): Pick<PendingChange, 'secondsLeft' | 'agreed'> {
    const countdown = this.#countdown;
    if (countdown === undefined || (this.#phase !== 'proving' && this.#phase !== 'confirming')) return {};
    const secondsLeft = countdown.secondsLeft(this.#phase === 'proving' ? 'evidence' : 'countdown');
    return { secondsLeft, ...(countdown.isAgreed && { agreed: true }) };
  }

  /** Evidence that was demanded and holds. */
  get proven(): Evidence[] {
    return this.#findings
      .filter(({ state }) => state === 'good')
      .map(({ state: _s, words: _w, ...evidence }) => evidence);
  }

  /** What of it lasts when it is kept. */
  get toKeep() {
    const { before, after, reason } = this.intent;
    const { written, moved } = this.applier;
    const { touched, proven: evidence } = this;
    return { before, after, reason, written, moved, touched, evidence, checkpoint: this.record?.checkpoint };
  }

  answer(answer: Answer): void {
    if (this.#countdown?.give(answer) === true) this.#options.changed();
  }

  enter(phase: PendingChange['phase'], doing: Words): void {
    this.#phase = phase;
    this.#doing = doing;
    this.#options.changed();
  }

  async begin(step: BeginStep): Promise<void> {
    const [seen] = await Promise.all([see(this.manager), this.#lookBefore()]);
    const { reason, before, after } = this.intent;
    const attempt = { ...reason, begun: Date.now(), difference: describeDifference(before, after) };
    const about = { touched: this.touched, profiles: this.#profiles, attempt };
    const record = await recordOf(step.id, seen, about);
    await saveRecord(this.#options.recordPath, record);
    this.record = record;
    const checkpoint = await this.manager.createCheckpoint(STEPS + this.#options.limits.evidence);
    record.checkpoint = checkpoint;
    await saveRecord(this.#options.recordPath, record).catch(async (thrown) => {
      // One that nobody knows of would refuse all changes until its time is over.
      await this.manager.destroyCheckpoint(checkpoint).catch(() => {});
      throw thrown;
    });
    this.enter('applying', step.words);
  }

  /** What does not hold now is not held against the change. */
  async #lookBefore(): Promise<void> {
    const { before, evidence } = this.intent;
    const [peers, excused] = await Promise.all([
      Promise.all(this.#options.peers.map(async (peer) => ((await this.#answers(peer)) ? [peer] : []))),
      Promise.all(evidence.map(async (each) => ((await failsNow(before, each)) ? [each] : []))),
    ]);
    this.#peers = peers.flat();
    this.#excused = excused.flat();
  }

  async #answers(peer: string): Promise<boolean> {
    return (await lookAt({ kind: 'peer', link: '' }, [peer])) === undefined;
  }

  /** Waits for the evidence, then for a person. Returns when the change is to be kept. */
  async prove(step: ProveStep, signal: AbortSignal): Promise<void> {
    const { limits } = this.#options;
    this.#countdown = new Countdown(limits);
    await this.#extend(limits.countdown);
    this.enter('proving', step.words);
    await Promise.race([this.#evidence(step.evidence, signal), this.#refusal()]);
    if (this.intent.unattended) return;
    await this.#confirmation(signal);
  }

  /** From here on a crash takes back what followed, too. */
  async follow({ following, words }: FollowStep, followers: Followers): Promise<void> {
    this.enter('keeping', words);
    await this.#extend(STEPS);
    if (this.record !== undefined) {
      this.record.following = following;
      await saveRecord(this.#options.recordPath, this.record);
    }
    await followers.apply(following);
  }

  async #extend(seconds: number): Promise<void> {
    const checkpoint = this.record?.checkpoint;
    if (checkpoint !== undefined) await this.manager.extendCheckpoint(checkpoint, seconds + SLACK);
  }

  async #evidence(evidence: Evidence[], signal: AbortSignal): Promise<void> {
    const look = async () => {
      await this.#look(evidence);
      return this.#findings.some(({ state }) => state === 'waiting') ? undefined : true;
    };
    const milliseconds = this.#options.limits.evidence * 1000;
    try {
      await this.manager.until(look, milliseconds, say('evidence', '验证'), signal);
    } catch (thrown) {
      if (Fault.from(thrown).kind !== 'timeout') throw thrown;
      throw missing(this.#findings, this.#options.limits.evidence);
    }
  }

  /** What held once is not asked again. */
  async #look(evidence: Evidence[]): Promise<void> {
    const open = evidence.filter(
      (each) => !this.#findings.some((found) => found.state !== 'waiting' && isSame(found, each)),
    );
    const found = await Promise.all(
      open.map(async (each) => {
        const demanded = !this.#excused.some((excused) => isSame(excused, each));
        if (each.kind === 'peer' && this.#peers.length === 0) return noPeers(each, this.#options.peers);
        return finding(each, await lookAt(each, this.#peers), demanded);
      }),
    );
    const before = JSON.stringify(this.#findings);
    this.#findings = evidence.map(
      (each) =>
        [...found, ...this.#findings].find((known) => isSame(known, each)) ?? finding(each, undefined, true),
    );
    if (JSON.stringify(this.#findings) !== before) this.#options.changed();
  }

  /** Somebody does not want to wait. */
  async #refusal(): Promise<void> {
    await this.#countdown?.refused;
    throw refused();
  }

  async #confirmation(signal: AbortSignal): Promise<void> {
    const countdown = this.#countdown;
    if (countdown === undefined) return;
    this.enter('confirming', say('Keep this change?', '保留此更改？'));
    const over = new AbortController();
    const stop = AbortSignal.any([signal, over.signal]);
    const lostOrLate = this.manager.until(
      async () => undefined,
      countdown.millisecondsLeft,
      say('confirmation', '确认'),
      stop,
    );
    try {
      // Agreed while the evidence was waited for counts from here on.
      await Promise.race([this.#refusal(), countdown.agreed, lostOrLate]);
    } catch (thrown) {
      throw Fault.from(thrown).kind === 'timeout' ? unconfirmed() : thrown;
    } finally {
      lostOrLate.catch(() => {});
      over.abort();
    }
  }
}

function touchedNames({ before, after }: Intent): string[] {
  const { added, removed, changed } = difference(before, after);
  const links = [...added, ...removed, ...changed.flatMap(({ was, will }) => [was, will])];
  return [...new Set(links.map((link) => link.name))];
}

/** A gateway or LACP partner that is configured now and does not answer now. */
async function failsNow(before: NetworkState, evidence: Evidence): Promise<boolean> {
  const link = before.links.find((each) => each.name === evidence.link);
  if (evidence.kind === 'lacp') {
    const had = portsOf(before, evidence.link).some((port) => port.carrier);
    // A bond of another mode has no partner because it asked for none.
    const spoke = link?.bond?.mode === '802.3ad';
    return link?.present === true && spoke && had && (await lookAt(evidence, [])) !== undefined;
  }
  if (evidence.kind !== 'gateway') return false;
  const holder = before.links.find((each) =>
    [each.ipv4.gateway, each.ipv6.gateway].includes(evidence.target ?? ''),
  );
  if (holder === undefined || !holder.active) return false;
  return (await lookAt({ ...evidence, link: holder.name }, [])) !== undefined;
}

const missing = (findings: readonly Finding[], seconds: number): Fault => {
  const waiting = findings.filter(({ state }) => state === 'waiting');
  return new Fault(
    'failed',
    say(
      `taken back: after ${seconds} s this was missing: ${waiting.map(({ words }) => words.en).join('; ')}`,
      `已还原：${seconds} 秒后仍缺少：${waiting.map(({ words }) => words.zh).join('；')}`,
    ),
  );
};

const refused = (): Fault => new Fault('failed', say('taken back as asked', '已按要求还原'));
const unconfirmed = (): Fault =>
  new Fault('failed', say('taken back: nobody confirmed it in time', '已还原：未在时限内确认'));
