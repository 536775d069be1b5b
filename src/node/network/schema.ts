import { z } from 'zod';
import { defineAction } from '../../api/action.ts';
import { ruled } from '../../api/ruled.ts';
import { say, type Words } from '../../api/words.ts';

export const DEFAULT_PING_TARGET = '114.114.114.114';

/** An IPv4 or IPv6 address, or a host name. */
const hostSchema = ruled((text) => {
  if (text === '') return say('is empty', '为空');
  if (text.length > MOST) return say(`at most ${MOST} characters`, `最多 ${MOST} 个字符`);
  return isHost(text) ? undefined : say('is neither an IP address nor a host name', '不是 IP 地址或主机名');
});

const MOST = 253;

function isHost(text: string): boolean {
  if (/^[\d.]+$/.test(text)) return isIpv4(text);
  if (text.includes(':')) return isIpv6(text);
  return /^(?=.*[a-z])[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i.test(text);
}

const isIpv4 = (text: string): boolean => z.ipv4().safeParse(text).success;
const isIpv6 = (text: string): boolean => z.ipv6().safeParse(text).success;

/** One line of a running test: a reply (milliseconds), a miss, or a remark of the ping program. */
export type PingItem =
  | { kind: 'reply'; sequence: number; time: number; ttl?: number }
  | { kind: 'miss'; sequence: number; why: Words }
  | { kind: 'note'; words: Words };

export interface PingSummary {
  sent: number;
  received: number;
  /** Milliseconds; absent when nothing came back. */
  times?: { min: number; avg: number; max: number };
}

/** Sends echo requests, one a second, until cancelled or `count` are sent. */
export const ping = defineAction<PingSummary, PingItem>()({
  name: 'network.ping',
  input: z.object({ address: hostSchema, count: z.int().min(1).max(100).default(10) }),
  access: ['password'],
  lane: 'none',
});

/** One finding of the reachability check: what was asked, and how it went. */
export interface CheckItem {
  key: 'gateway' | 'dns' | 'management';
  label: Words;
  target: string;
  state: 'good' | 'bad' | 'unknown';
  words: Words;
}

/** Default gateway, DNS servers and the management node in one go; streams each finding as it is there. */
export const checkReachability = defineAction<void, CheckItem>()({
  name: 'network.checkReachability',
  input: z.object({}),
  access: ['password'],
  lane: 'none',
});
