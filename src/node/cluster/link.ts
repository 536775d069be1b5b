import { setTimeout as sleep } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { Fault } from '../../api/fault.ts';
import { faultOf } from '../../api/wire.ts';
import { say, type Words } from '../../api/words.ts';
import type { LinkFeed, LinkState } from './feed.ts';
import type { Member, Membership } from './member.ts';
import { asked, fingerprintOf, json, reach } from './reach.ts';

const LINK_PROTOCOL = 'zs-link';
/** Between two tries, in milliseconds: longer each time, and never two nodes at once. */
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;
/** A service that asks for nothing for so long is gone, whatever the network says: it asks for a sign of life each minute. */
const SILENCE = 180_000;
const UNREADABLE = 'unreadable';

interface Parts {
  readonly membership: Membership;
  /** Serves what the other side asks for, until the socket ends. */
  serve(socket: TLSSocket): void;
  readonly feed: LinkFeed;
  readonly log: (line: string) => void;
  /** The management node answers at this address now. */
  moved(address: string): Promise<void>;
  /** Share of a second that a second takes: for tests. */
  readonly pace?: number;
}

interface Line {
  readonly socket: TLSSocket;
  readonly clock: { readonly ahead?: number };
}

/** @param date as HTTP tells it */
function clockOf(date: string | undefined): Line['clock'] {
  const ahead = Date.parse(date ?? '') - Date.now();
  return Number.isNaN(ahead) ? {} : { ahead };
}

/** First where it was, then where else it may be, in turn. */
function addressFor({ address, others = [] }: Member, tries: number): string {
  const all = [address, ...others];
  return all[tries % all.length] ?? address;
}

/** A service that was away comes back at all its addresses: the first of them stays the first. */
const isThere = ({ address, port, authority, key, certificate }: Member, signal: AbortSignal) =>
  reach(
    { address, port, fingerprint: fingerprintOf(authority), identity: { key, certificate } },
    signal,
  ).then(
    ({ socket }) => {
      socket.destroy();
      return true;
    },
    () => false,
  );

/** Keeps the link of a node that has joined: connects, and again when it was cut. */
export class ClusterLink {
  readonly #parts: Parts;
  #stop = new AbortController();
  #running: Promise<void> | undefined;
  #woken: (() => void) | undefined;
  #isRefused = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Whether whoever is at the cluster's address does not take this node for a host of its own. */
  get isRefused(): boolean {
    return this.#isRefused;
  }

  /** Begins, or begins anew with what the membership is now. */
  async start(): Promise<void> {
    await this.stop();
    this.#stop = new AbortController();
    this.#running = this.#keep(this.#stop.signal);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    this.#running = undefined;
  }

  /** Tries now instead of after the pause. */
  nudge(): void {
    this.#woken?.();
  }

  async #keep(signal: AbortSignal): Promise<void> {
    let tries = 0;
    while (!signal.aborted) {
      const member = await this.#member();
      if (member === undefined) return;
      if (member === UNREADABLE) {
        await this.#pause(tries++, signal);
        continue;
      }
      const at = { ...member, address: addressFor(member, tries) };
      try {
        const line = await this.#connect(at, signal);
        if (line === undefined) continue;
        tries = 0;
        if (at.address !== member.address && (await isThere(member, signal))) {
          line.socket.destroy();
          continue;
        }
        this.#isRefused = false;
        if (at.address !== member.address) await this.#moved(at.address);
        const now = Date.now();
        this.#tell({ state: 'up', address: at.address, since: now, heard: now, ...line.clock });
        const why = await this.#served(line.socket, signal);
        if (!signal.aborted) this.#down(at, why);
      } catch (thrown) {
        // What is wrong is told of where it is looked for first.
        if (!signal.aborted && at.address === member.address) this.#failed(member, Fault.from(thrown));
      }
      await this.#pause(tries++, signal);
    }
  }

  async #member(): Promise<Member | typeof UNREADABLE | undefined> {
    try {
      const member = await this.#parts.membership.read();
      if (member === undefined) this.#tell({ state: 'none' });
      return member;
    } catch (thrown) {
      const { words } = Fault.from(thrown);
      const { state } = this.#parts.feed;
      if (state.state !== 'down' || state.why.en !== words.en) {
        this.#parts.log(words.en);
        this.#tell({ state: 'down', address: '', since: Date.now(), why: words });
      }
      return UNREADABLE;
    }
  }

  /** The line over which the service asks; undefined when it gave a new certificate instead: then it is asked again. */
  async #connect(member: Member, signal: AbortSignal): Promise<Line | undefined> {
    const { address, port, key, certificate } = member;
    const fingerprint = fingerprintOf(member.authority);
    const { socket } = await reach({ address, port, fingerprint, identity: { key, certificate } }, signal);
    try {
      const headers = { connection: 'upgrade', upgrade: LINK_PROTOCOL };
      const response = await asked(socket, { method: 'GET', path: '/link', headers, signal });
      if (response.statusCode === 101) return { socket, clock: clockOf(response.headers.date) };
      await this.#answered(response.statusCode ?? 0, await json(response));
      socket.destroy();
      return undefined;
    } catch (thrown) {
      socket.destroy();
      throw thrown;
    }
  }

  async #answered(status: number, answer: unknown): Promise<void> {
    const { certificate, fault } = (answer ?? {}) as { certificate?: unknown; fault?: unknown };
    if (status !== 200 || typeof certificate !== 'string') throw faultOf(fault);
    await this.#parts.membership.change((now) => ({ ...now, certificate }));
    this.#parts.log('the certificate of the link was renewed');
  }

  /** Where it answers is where it is looked for first from now on. */
  async #moved(address: string): Promise<void> {
    const { membership, log, moved } = this.#parts;
    await membership.change((now) => ({
      ...now,
      address,
      others: [now.address, ...(now.others ?? [])].filter((each) => each !== address),
    }));
    log(`the management node answers at ${address} now`);
    await moved(address);
  }

  /** Settles with the reason when the line has ended. */
  async #served(socket: TLSSocket, signal: AbortSignal): Promise<Words> {
    let why = say('the management node ended the link', '管理节点断开了连接');
    socket.on('data', () => this.#parts.feed.heard());
    socket.setTimeout(SILENCE, () => {
      why = say('the management node is silent', '管理节点没有消息');
      socket.destroy();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      why = say(`the link was cut: ${error.code}`, `连接中断：${error.code}`);
    });
    const stop = () => socket.destroy();
    signal.addEventListener('abort', stop, { once: true });
    const closed = new Promise<void>((ended) => socket.once('close', () => ended()));
    if (signal.aborted) stop();
    if (!socket.destroyed) this.#parts.serve(socket);
    await closed;
    signal.removeEventListener('abort', stop);
    return why;
  }

  #failed(member: Member, { kind, words, next }: Fault): void {
    this.#isRefused = kind === 'refused';
    this.#down(
      member,
      next === undefined ? words : say(`${words.en}: ${next.en}`, `${words.zh}：${next.zh}`),
    );
  }

  /** Since when it is down stays, whatever the reason is by now. */
  #down({ address }: Member, why: Words): void {
    const { state } = this.#parts.feed;
    const since = state.state === 'down' ? state.since : Date.now();
    this.#tell({ state: 'down', address, since, why });
  }

  #tell(state: LinkState): void {
    this.#parts.feed.tell(state);
  }

  async #pause(tries: number, signal: AbortSignal): Promise<void> {
    const { pace = 1 } = this.#parts;
    const longest = Math.min(FIRST_PAUSE * 2 ** Math.min(tries, 10), LONGEST_PAUSE);
    const stop = new AbortController();
    this.#woken = () => stop.abort();
    const either = AbortSignal.any([signal, stop.signal]);
    await sleep(pace * longest * (0.5 + Math.random() / 2), undefined, { signal: either }).catch(
      () => undefined,
    );
    this.#woken = undefined;
  }
}
