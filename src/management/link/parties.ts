import type { Words } from '../../api/words.ts';
import type { HostAbout } from '../../node/cluster/schema.ts';

/** A node that is taken in. */
export interface Applicant {
  readonly name: string;
  /** Its management address. */
  readonly address: string;
  readonly keyHash: string;
  readonly clusterUuid: string;
}

/** The hosts of the cluster, as far as the link needs them. */
export interface Members {
  /** Whether the cluster has this host, with this key. */
  isMember(host: string, keyHash: string): Promise<boolean>;
  /** The host with this key, if any: it has joined already. */
  withKey(keyHash: string): Promise<string | undefined>;
  /** Those of these that the cluster does not have any more. */
  gone(hosts: readonly string[]): Promise<string[]>;
  isConnected(host: string): Promise<boolean>;
  /** Its link is there. */
  connecting(host: string): Promise<void>;
  /** A sign of life, with what it tells of itself. */
  alive(host: string, about: HostAbout): Promise<void>;
  /** Those that are not told as lost and have given no sign of life since then (milliseconds since 1970). */
  silentSince(moment: number): Promise<string[]>;
  /** Its link has ended. */
  lost(host: string, why: Words): Promise<void>;
}
