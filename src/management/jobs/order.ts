import type { Kysely } from 'kysely';
import type { z } from 'zod';
import type { Action } from '../../api/action.ts';
import { Fault } from '../../api/fault.ts';
import { say } from '../../api/words.ts';

export interface OrderMore {
  /** Uuid of the resource that it is about: orders about one resource are carried out in the order they are given. */
  readonly resource: string;
  /** Where one step gives the same order several times: what tells them apart. */
  readonly key?: string;
  /** How long the host may take, in seconds, from now on and over restarts of the service. */
  readonly seconds?: number;
  /**
   * Secrets that the input is to have on its way to the host, and nowhere before: sealed ones, about the resource, by
   * their dotted places in it. Places without one stay as they are.
   */
  readonly sealed?: Readonly<Record<string, string | undefined>>;
}

/**
 * Has a host carry out one of its actions, one that is declared for the `cluster`, and answers what that answered. Given
 * again for the same step (the service was killed) it is the same order: the host does it once. One that has failed is a
 * new one.
 *
 * Throws the host's fault; `unavailable` when the host has no link and was never told; `timeout` when its time is over
 * and the host says that it was not done; `Undecided` when the host was told and cannot be asked what came of it: then
 * nothing of it may be counted as not done.
 * @param host uuid of the host
 */
export type Order = <I extends z.ZodType, O, T>(
  host: string,
  action: Action<I, O, T>,
  input: z.input<I>,
  more: OrderMore,
) => Promise<O>;

/** An order that nobody waits for. */
export interface Errand {
  /** Uuid of the host. */
  readonly host: string;
  readonly action: Action;
  readonly input: unknown;
  /** As of any order. */
  readonly resource: string;
}

export const errand = <I extends z.ZodType, O, T>(
  host: string,
  action: Action<I, O, T>,
  input: z.input<I>,
  resource: string,
): Errand => ({ host, action: action as Action, input, resource });

/**
 * Writes an order down that is carried out when the host is there, however late, before later ones about the same
 * resource; it is not given again when it fails.
 */
export type LeaveErrand = (database: Kysely<object>, errand: Errand) => Promise<void>;

/** One order as a step gives it. */
export interface Ordered extends OrderMore {
  /** Which step of which job wants what. */
  readonly what: string;
  readonly host: string;
  readonly action: Action;
  readonly input: unknown;
  /** Its end with a fault takes the order back, any other end leaves it as it is. */
  readonly signal: AbortSignal;
}

/** Brings orders to hosts. */
export interface Orders {
  order(ordered: Ordered): Promise<unknown>;
}

/** The host was told and cannot be asked what came of it. */
export class Undecided extends Fault {}

/** For who has no link to hosts. */
export const NO_ORDERS: Orders = {
  order: async () => {
    throw new Fault('unavailable', say('there is no link to hosts here', '此处没有到主机的连接'));
  },
};

/** How the steps of a job give orders. */
export const orderOf =
  (orders: Orders, key: string, signal: AbortSignal): Order =>
  async (host, action, input, more) => {
    const what = `${key}/${action.name}${more.key === undefined ? '' : `/${more.key}`}`;
    const output = await orders.order({ ...more, what, host, action: action as Action, input, signal });
    return output as never;
  };
