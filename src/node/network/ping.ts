import { Fault } from '../../api/fault.ts';
import { same, say, type Words } from '../../api/words.ts';
import { runLines } from '../../system/exec.ts';
import type { PingItem, PingSummary } from './schema.ts';

export interface PingOptions {
  address: string;
  count: number;
  /** Stops it at once; what came back so far is summed up. */
  signal: AbortSignal;
  emit(item: PingItem): void;
}

/** Seconds that the last request is waited for. */
const PATIENCE = 2;

/**
 * Sends one echo request a second with the system's `ping`. Faults: `unavailable` (no such program, no name server),
 * `notFound` (no such host), `refused`, `failed` (no route, and whatever else ping says).
 */
export async function ping({ address, count, signal, emit }: PingOptions): Promise<PingSummary> {
  const tally = new Tally(emit);
  const argv = ['ping', '-n', '-O', '-c', String(count), '-W', String(PATIENCE), '--', address];
  const child = runLines(argv, { onLine: (line) => tally.take(line), timeout: (count + 15) * 1000 });
  const stop = () => child.kill('SIGINT');
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  try {
    const { code, stderr } = await child.ended;
    if (code > 1 && !signal.aborted) throw explained(address, stderr);
    return tally.end(signal.aborted);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

const REPLY = /^\d+ bytes from .*: icmp_seq=(\d+)(?: ttl=(\d+))? time=([\d.]+) ms( \(DUP!\))?/;
const ERROR = /^From \S+ icmp_seq=(\d+) (.+)$/;
const SILENCE = /^no answer yet for icmp_seq=(\d+)$/;
const TOTALS = /^(\d+) packets transmitted, (\d+) received/;
const TIMES = /^rtt min\/avg\/max\/mdev = ([\d.]+)\/([\d.]+)\/([\d.]+)\//;
/** Lines that tell a person nothing: headings, and `pipe N` (most requests under way at once). */
const HEADING = /^(PING |---|pipe \d|$)/;

/** What ping's lines add up to. */
export class Tally {
  readonly #emit: (item: PingItem) => void;
  readonly #seen = new Set<number>();
  #summary: PingSummary = { sent: 0, received: 0 };

  constructor(emit: (item: PingItem) => void) {
    this.#emit = emit;
  }

  take(line: string): void {
    const known = this.#reply(line) || this.#miss(line) || this.#sum(line) || HEADING.test(line);
    if (!known) this.#emit({ kind: 'note', words: same(line) });
  }

  /** The sum; unless it was stopped, the last requests are told as missed: ping itself keeps silent about them. */
  end(stopped: boolean): PingSummary {
    for (let sequence = 1; sequence <= this.#summary.sent && !stopped; sequence++)
      this.#missed(sequence, NO_ANSWER);
    return this.#summary;
  }

  #reply(line: string): boolean {
    const [whole, sequence, ttl, time, twice] = REPLY.exec(line) ?? [];
    if (whole === undefined) return false;
    this.#seen.add(Number(sequence));
    if (twice !== undefined) {
      this.#emit({ kind: 'note', words: TWICE });
      return true;
    }
    const hops = ttl === undefined ? {} : { ttl: Number(ttl) };
    this.#emit({ kind: 'reply', sequence: Number(sequence), time: Number(time), ...hops });
    return true;
  }

  #miss(line: string): boolean {
    const [, unanswered] = SILENCE.exec(line) ?? [];
    const [, refused, reason = ''] = ERROR.exec(line) ?? [];
    if (unanswered !== undefined) this.#missed(Number(unanswered), NO_ANSWER);
    if (refused !== undefined) this.#missed(Number(refused), REASONS[reason] ?? same(reason));
    return unanswered !== undefined || refused !== undefined;
  }

  /** An error that a router sent is told once, though ping names the silence after it as well. */
  #missed(sequence: number, why: Words): void {
    if (this.#seen.has(sequence)) return;
    this.#seen.add(sequence);
    this.#emit({ kind: 'miss', sequence, why });
  }

  #sum(line: string): boolean {
    const [, sent, received] = TOTALS.exec(line) ?? [];
    const [, min, avg, max] = TIMES.exec(line) ?? [];
    if (sent !== undefined) this.#summary = { sent: Number(sent), received: Number(received) };
    if (min !== undefined) this.#summary.times = { min: Number(min), avg: Number(avg), max: Number(max) };
    return sent !== undefined || min !== undefined;
  }
}

const NO_ANSWER = say('no answer', '没有应答');

const TWICE = say('a second reply: two hosts with this address?', '重复应答：是否有两台主机使用同一地址？');

const REASONS: Record<string, Words> = {
  'Destination Host Unreachable': say('host unreachable', '主机不可达'),
  'Destination Net Unreachable': say('network unreachable', '网络不可达'),
  'Destination Port Unreachable': say('refused on the way', '途中被拒绝'),
  'Time to live exceeded': say('goes in circles: time to live exceeded', '路由成环：TTL 超时'),
};

/** ping's own last words, told plainly. */
export function explained(address: string, stderr: string): Fault {
  const text = stderr.trim().split('\n').at(-1) ?? '';
  if (/Name or service not known|No address associated/.test(text))
    return new Fault('notFound', say(`no such host: ${address}`, `没有这个主机：${address}`), {
      field: 'address',
    });
  if (/Temporary failure in name resolution/.test(text))
    return new Fault('unavailable', say('no name server answers', '没有域名服务器应答'), {
      field: 'address',
    });
  if (/Network is unreachable|Cannot assign requested address/.test(text))
    return new Fault('failed', say(`no route to ${address}`, `没有到 ${address} 的路由`), {
      field: 'address',
    });
  if (/not permitted|Permission denied/.test(text))
    return new Fault('refused', say('ping needs root here', '此处 ping 需要 root 权限'));
  return new Fault('failed', same(text === '' ? `ping ${address}` : text));
}
