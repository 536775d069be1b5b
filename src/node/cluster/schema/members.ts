import { z } from 'zod';
import { defineAction } from '../../../api/action.ts';
import { uuid } from '../../../api/uuid.ts';
import { say, type Words } from '../../../api/words.ts';
import type { Vm } from '../../facts/schema.ts';

/** What a management node's console asks its service; the controller passes it on. Wall times in milliseconds since 1970. */

export interface ClusterCounts {
  hosts: { total: number; enabled: number; connected: number };
  vms: { total: number; running: number; stopped: number; other: number };
}

/** Streams the numbers, at once and when they have changed. Ends when the caller cancels. */
export const watchCounts = defineAction<void, ClusterCounts>()({
  name: 'members.watch',
  input: z.object({}),
  access: ['look'],
  lane: 'none',
});

/** A VM that is on a host, and that the records do not have. */
export type StrayVm = Pick<Vm, 'uuid' | 'name' | 'state'>;

export interface HostSummary {
  uuid: string;
  name: string;
  address: string;
  cluster: string;
  state: 'Enabled' | 'Disabled' | 'PreMaintenance' | 'Maintenance';
  status: 'Connecting' | 'Connected' | 'Disconnected';
  /** Last sign of life. */
  heard: number;
  /** Why it is not connected, or not as it should be. */
  why?: Words;
  /** VMs of a cloud there that the records do not know; absent: none. */
  strays?: StrayVm[];
  /** Of its controller, as it told it last. */
  version?: string;
}

/** The hosts of the cluster, the lost ones first, then by name; `total`, where there are more than it tells. */
export const listHosts = defineAction<{ total: number; hosts: HostSummary[] }>()({
  name: 'members.hosts',
  input: z.object({}),
  access: ['look'],
  lane: 'none',
});

export interface JoinToken {
  uuid: string;
  usesLeft: number;
  created: number;
  ends: number;
  /** Name of the cluster that it leads to. */
  cluster: string;
}

export interface TokenList {
  /** SHA-256 of the authority's certificate, hex. */
  fingerprint: string;
  port: number;
  tokens: JoinToken[];
}

/** Tokens that can still be used, and what a person compares at a join. */
export const listTokens = defineAction<TokenList>()({
  name: 'members.tokens',
  input: z.object({}),
  access: ['password'],
  lane: 'none',
});

export interface IssuedToken extends JoinToken {
  /** Told this once. */
  token: string;
  fingerprint: string;
  port: number;
}

/** A new right to join, for a number of hosts and a time. Without `cluster` into the only one; `conflict` where there are several. */
export const issueToken = defineAction<IssuedToken>()({
  name: 'members.issueToken',
  input: z.object({
    uses: z.int().min(1).max(10_000).default(1),
    minutes: z.int().min(1).max(43_200).default(60),
    /** Uuid or name of a cluster. */
    cluster: z.string().min(1).max(255).optional(),
  }),
  access: ['password'],
  lane: 'none',
  told: () => say('Issue a join token', '签发加入令牌'),
});

/** Ends a token at once. Fault `notFound` field `token`. */
export const revokeToken = defineAction<void>()({
  name: 'members.revokeToken',
  input: z.object({ token: uuid }),
  access: ['password'],
  lane: 'none',
  told: () => say('Revoke a join token', '撤销加入令牌'),
});

/**
 * For the controller of the service's own machine, before its network changes: addresses that it may have soon. All
 * linked hosts are told them; those that have heard of them look for it there too. Answers how many were told.
 */
export const announceAddresses = defineAction<{ told: number }>()({
  name: 'members.announce',
  input: z.object({ addresses: z.array(z.string().max(64)).max(8) }),
  access: ['password'],
  lane: 'none',
});

/** How this machine itself becomes the first host of an embedded service. */
export interface AdmitHere {
  fingerprint: string;
  port: number;
  /** Absent: it had its first host already. */
  token?: string;
}

/**
 * For the controller of the service's own machine: the way in, with a zone and a cluster made where there is none. Fault
 * `conflict` where the service is one of several, or takes no hosts.
 */
export const admitHere = defineAction<AdmitHere>()({
  name: 'members.admitHere',
  input: z.object({}),
  access: ['password'],
  lane: 'none',
});
