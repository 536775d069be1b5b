import { z } from 'zod';
import { defineAction } from '../../api/action.ts';
import type { FaultRecord } from '../../api/fault.ts';
import { ruled } from '../../api/ruled.ts';
import { secret } from '../../api/secret.ts';
import { say, type Words } from '../../api/words.ts';
import { serverProblem } from '../network/change/schema/address.ts';

const port = z.int().min(1).max(65535);
const address = ruled((text) =>
  serverProblem(text) ? say('is neither an address nor a name', '既不是地址也不是主机名') : undefined,
);
const fingerprint = ruled((text) =>
  /^[0-9a-f]{64}$/.test(text) ? undefined : say('is not 64 hex digits', '不是 64 位十六进制数'),
);
const orderId = z.string().regex(/^[\x21-\x7e]{1,255}$/, 'is no order');

/** What came of an order. */
export type OrderOutcome = { output: unknown } | { fault: FaultRecord };

/**
 * Carries out one action that is declared for the cluster, once for each order: given again, it answers what came of it,
 * also after the controller was started anew. What was under way when the controller ended is done again: actions for
 * the cluster make something true, and find it true then.
 */
export const carryOutOrder = defineAction<OrderOutcome>()({
  name: 'cluster.carryOut',
  input: z.object({ order: orderId, action: z.string().max(64), input: z.unknown() }),
  access: ['cluster'],
  lane: 'none',
  record: 'count',
});

/** Has an order not be carried out any more; answers what came of it already, or null: it was not done and never will be. */
export const cancelOrder = defineAction<OrderOutcome | null>()({
  name: 'cluster.cancel',
  input: z.object({ order: orderId }),
  access: ['cluster'],
  lane: 'none',
});

/** What a host is, as its cluster keeps it. */
export interface HostAbout {
  hostname: string;
  version: string;
  /** Logical processors, and sockets; 0 where that cannot be read. */
  cpus: number;
  sockets: number;
  /** Bytes. */
  memory: number;
  /** The node's own management address; absent: the one that it comes from. */
  address?: string;
  /** What a person should know of it: why it has another version than its management node. */
  note?: Words;
}

/** A sign of life, with what this host is. */
export const tellAbout = defineAction<HostAbout>()({
  name: 'cluster.about',
  input: z.object({}),
  access: ['cluster'],
  lane: 'none',
  record: 'count',
});

/** The cluster does not have this host any more: its key and certificate go, and the link with them. */
export const dismiss = defineAction<void>()({
  name: 'cluster.dismiss',
  input: z.object({}),
  access: ['cluster'],
  lane: 'system',
  told: () => say('The cluster takes this host out', '集群移除本主机'),
});

/** Where else the cluster's management node answers: tried when it is silent where it was. */
export const reachedAt = defineAction<void>()({
  name: 'cluster.reachedAt',
  input: z.object({ addresses: z.array(address).max(8) }),
  access: ['cluster'],
  lane: 'none',
  record: 'count',
});

/** Who answers at an address: what a person compares before a token is sent there. */
export const lookAtCluster = defineAction<{ fingerprint: string }>()({
  name: 'cluster.look',
  input: z.object({ address, port: port.optional() }),
  access: ['password'],
  lane: 'none',
});

/**
 * Joins the cluster of a management node, whose fingerprint a person has compared. Nothing is sent to another one. Cut
 * off, it is tried again with the same key and does not use the token up twice. Faults: `conflict` (joined already),
 * `refused` field `token`, or field `fingerprint`; `unavailable` field `address`.
 */
export const joinCluster = defineAction<{ host: string }>()({
  name: 'cluster.join',
  input: z.object({ address, port: port.optional(), token: secret, fingerprint }),
  access: ['password'],
  lane: 'system',
  told: ({ address: to }) => say(`Join the cluster of ${to}`, `加入 ${to} 的集群`),
});

/**
 * The management node of this node's cluster is at another address now: the link is kept with that one from here on,
 * with the same key, and VMs run on. Faults: `conflict` (not joined); `refused` field `fingerprint` for another cluster,
 * or field `address`; `unavailable` field `address`.
 */
export const rejoinCluster = defineAction<void>()({
  name: 'cluster.rejoin',
  input: z.object({ address, port: port.optional() }),
  access: ['password'],
  lane: 'system',
  told: ({ address: to }) => say(`Look for the management node at ${to}`, `改在 ${to} 连接管理节点`),
});

/**
 * Leaves the cluster: the host is taken out there, then key and certificate go. Where the management node cannot be
 * reached it stays joined (`unavailable`), unless `force`: then the host stays there as a lost one until somebody deletes
 * it. Fault `conflict` while VMs of the cluster are here, save where the cluster does not have this host any more (older
 * records were restored): then they stay, and run on.
 */
export const leaveCluster = defineAction<void>()({
  name: 'cluster.leave',
  input: z.object({ force: z.boolean().optional() }),
  access: ['password'],
  lane: 'system',
  told: () => say('Leave the cluster', '离开集群'),
});

/** What a second line to the service is for, beside the link: bytes of one thing that the service asked for. */
export const STREAM_PROTOCOL = 'zs-stream';
