import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import type { Action } from '../../api/action.ts';
import type { Connection } from '../../api/client.ts';
import { connectOver } from '../../api/client.ts';
import { Fault } from '../../api/fault.ts';
import type { Role } from '../../api/role.ts';
import { say, type Words } from '../../api/words.ts';
import {
  cancelOrder,
  carryOutOrder,
  dismiss,
  type HostAbout,
  reachedAt,
  tellAbout,
} from '../../node/cluster/schema.ts';
import { watchItems } from '../../node/facts/schema/items.ts';
import type { HostLine } from './delivery.ts';
import type { Outcome } from './order-row.ts';
import type { Members } from './parties.ts';
import type { Reports } from './reports.ts';

/** What a host may take to give a sign of life. */
const ANSWER_MILLISECONDS = 20_000;

export interface HostLinkParts {
  readonly host: string;
  readonly socket: Socket;
  readonly version: string;
  readonly members: Members;
  readonly reports: Reports;
  /** How long between two signs of life, in milliseconds. */
  beat(): Promise<number>;
  /** Where hosts reach this management node. */
  addresses(): readonly string[];
}

/** The link to one host, from the service's side: it asks, the host answers. */
export class HostLink implements HostLine {
  readonly host: string;
  readonly #parts: HostLinkParts;
  readonly #connection: Connection;
  readonly #stop = new AbortController();
  #told: readonly string[] = [];
  /** Why this side has ended it. */
  #why: Words | undefined;

  private constructor(parts: HostLinkParts, connection: Connection) {
    this.host = parts.host;
    this.#parts = parts;
    this.#connection = connection;
  }

  /** Settles when the host has told what it is, and its orders may come. */
  static async open(parts: HostLinkParts): Promise<HostLink> {
    const { socket, version, members, host } = parts;
    const connection = await connectOver(socket, { program: 'management', line: '-', version });
    const link = new HostLink(parts, connection);
    void connection.closed.then(() => link.#stop.abort());
    await members.connecting(host);
    await members.alive(host, await link.#signOfLife());
    void link.#beats();
    void link.tellAddresses();
    // It ends with the link, whose end says why.
    link.#report().catch((thrown) => link.#giveUp(thrown));
    return link;
  }

  /** Settles with the reason when the link has ended. */
  async toItsEnd(): Promise<Words> {
    const fault = await this.#connection.closed;
    return fault?.words ?? this.#why ?? say('the service ends the link', '服务结束了连接');
  }

  carryOut({ id, action, input }: { id: string; action: string; input: unknown }): Promise<Outcome> {
    return this.#connection.call(carryOutOrder, { order: id, action, input });
  }

  async cancel(id: string): Promise<Outcome | undefined> {
    return (await this.#connection.call(cancelOrder, { order: id })) ?? undefined;
  }

  /** Asks for what is no order: nothing that the host would have to remember. */
  ask<I extends z.ZodType, O, T>(action: Action<I, O, T>, input: z.input<I>): Promise<O> {
    return this.#connection.call(action, input);
  }

  /** The host forgets its cluster. */
  async dismiss(): Promise<void> {
    await this.#connection.call(dismiss, {});
  }

  /** Of the node. */
  get role(): Role {
    return this.#connection.server.role;
  }

  get ended(): boolean {
    return this.#connection.ended;
  }

  close(): void {
    this.#connection.close();
  }

  #giveUp(thrown: unknown): void {
    this.#why ??= Fault.from(thrown).words;
    this.close();
  }

  /** Throws when it does not come. */
  #signOfLife(): Promise<HostAbout> {
    return this.#inTime(this.#connection.call(tellAbout, {}));
  }

  /** A host that hangs answers nothing, whatever it is asked. */
  async #inTime<T>(answer: Promise<T>): Promise<T> {
    const stop = new AbortController();
    const late = sleep(ANSWER_MILLISECONDS, undefined, { signal: stop.signal }).then((): never => {
      throw new Fault('timeout', say('no sign of life', '没有存活信号'));
    });
    try {
      return await Promise.race([answer, late]);
    } finally {
      stop.abort();
      await late.catch(() => undefined);
    }
  }

  async #beats(): Promise<void> {
    const { signal } = this.#stop;
    const { members } = this.#parts;
    let beat = 0;
    while (!signal.aborted) {
      beat = await this.#parts.beat().catch(() => beat || ANSWER_MILLISECONDS);
      const pause = beat * (0.9 + Math.random() / 5);
      await sleep(pause, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
      const about = await this.#signOfLife().catch((thrown) => this.#giveUp(thrown));
      // A store that does not answer now is no reason to lose the host.
      if (about !== undefined) await members.alive(this.host, about).catch(() => undefined);
      await this.tellAddresses();
    }
  }

  /** Until it has heard it, and when they are others by now. One of an older version never does, nor one that hangs. */
  async tellAddresses(): Promise<void> {
    const addresses = this.#parts.addresses();
    if (isDeepStrictEqual(addresses, this.#told)) return;
    const heard = this.#connection.call(reachedAt, { addresses: [...addresses] });
    await this.#inTime(heard).then(
      () => {
        this.#told = addresses;
      },
      () => undefined,
    );
  }

  /** What it has, from where the store left off. */
  async #report(): Promise<void> {
    const { reports } = this.#parts;
    const last = await reports.mark(this.host);
    const options = { onItem: reports.listener(this.host, () => this.close()), signal: this.#stop.signal };
    await this.#connection.call(watchItems, last === undefined ? {} : { last }, options);
  }
}
