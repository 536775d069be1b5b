import { expect, test } from 'vitest';
import { explained, Tally } from '../../src/node/network/ping.ts';
import { parseNameServers } from '../../src/node/network/reachability.ts';
import type { PingItem } from '../../src/node/network/schema.ts';

// Recorded from iputils 20221126 with -n -O.
const ANSWERED = `PING 127.0.0.1 (127.0.0.1) 56(84) bytes of data.
64 bytes from 127.0.0.1: icmp_seq=1 ttl=64 time=0.160 ms
64 bytes from 127.0.0.1: icmp_seq=2 ttl=64 time=0.041 ms

--- 127.0.0.1 ping statistics ---
2 packets transmitted, 2 received, 0% packet loss, time 1024ms
rtt min/avg/max/mdev = 0.041/0.100/0.160/0.059 ms`;
const SILENT = `PING 192.0.2.77 (192.0.2.77) 56(84) bytes of data.
no answer yet for icmp_seq=1
no answer yet for icmp_seq=2

--- 192.0.2.77 ping statistics ---
3 packets transmitted, 0 received, 100% packet loss, time 2041ms

`;
const UNREACHABLE = `PING 192.0.2.77 (192.0.2.77) 56(84) bytes of data.
no answer yet for icmp_seq=1
From 192.0.2.2 icmp_seq=1 Destination Host Unreachable
From 192.0.2.2 icmp_seq=2 Destination Host Unreachable

--- 192.0.2.77 ping statistics ---
2 packets transmitted, 0 received, +2 errors, 100% packet loss, time 1006ms
pipe 2`;
const IPV6 = `PING ::1(::1) 56 data bytes
64 bytes from ::1: icmp_seq=1 ttl=64 time=0.212 ms
64 bytes from ::1: icmp_seq=1 ttl=64 time=0.300 ms (DUP!)
Warning: time of day goes back (-1234us), taking countermeasures

--- ::1 ping statistics ---
1 packets transmitted, 1 received, +1 duplicates, 0% packet loss, time 0ms
rtt min/avg/max/mdev = 0.212/0.212/0.212/0.000 ms`;

function told(text: string, stopped = false) {
  const items: PingItem[] = [];
  const tally = new Tally((item) => items.push(item));
  for (const line of text.split('\n')) tally.take(line);
  return { summary: tally.end(stopped), items };
}

test('replies with sequence, time and hops left, then the sum', () => {
  expect(told(ANSWERED)).toEqual({
    items: [
      { kind: 'reply', sequence: 1, time: 0.16, ttl: 64 },
      { kind: 'reply', sequence: 2, time: 0.041, ttl: 64 },
    ],
    summary: { sent: 2, received: 2, times: { min: 0.041, avg: 0.1, max: 0.16 } },
  });
});

test('silence is told per request, the last one too, and there are no times', () => {
  const { items, summary } = told(SILENT);
  expect(items.map((item) => item.kind === 'miss' && [item.sequence, item.why.en])).toEqual([
    [1, 'no answer'],
    [2, 'no answer'],
    [3, 'no answer'],
  ]);
  expect(summary).toEqual({ sent: 3, received: 0 });
});

test('stopped by hand: the request just under way is no miss', () => {
  expect(told(SILENT, true).items).toHaveLength(2);
});

test('what a router says is told once a request', () => {
  expect(told(UNREACHABLE).items).toMatchObject([
    { kind: 'miss', sequence: 1, why: { en: 'no answer' } },
    { kind: 'miss', sequence: 2, why: { en: 'host unreachable' } },
  ]);
});

test('IPv6; a second copy of a reply is no second reply but worth a word; a remark is passed on', () => {
  const { items, summary } = told(IPV6);
  expect(items.map((item) => (item.kind === 'note' ? item.words.en.slice(0, 14) : item.kind))).toEqual([
    'reply',
    'a second reply',
    'Warning: time ',
  ]);
  expect(summary).toMatchObject({ sent: 1, received: 1 });
});

test.each([
  ['ping: nohost.invalid: Name or service not known', 'notFound', 'no such host: x'],
  ['ping: x: No address associated with hostname', 'notFound', 'no such host: x'],
  ['ping: x: Temporary failure in name resolution', 'unavailable', 'no name server answers'],
  ['ping: connect: Network is unreachable', 'failed', 'no route to x'],
  ['ping: connect: Cannot assign requested address', 'failed', 'no route to x'],
  ['ping: socktype: SOCK_RAW\nping: socket: Operation not permitted', 'refused', 'ping needs root here'],
  ['ping: something new', 'failed', 'ping: something new'],
  ['', 'failed', 'ping x'],
])('%j is told as %s', (stderr, kind, words) => {
  expect(explained('x', stderr)).toMatchObject({ kind, words: { en: words } });
});

test('name servers of resolv.conf, comments left out', () => {
  const text =
    '# nameserver 203.0.113.1\nnameserver 192.0.2.53\nsearch example\n nameserver\t2001:db8::53 \n';
  expect(parseNameServers(text)).toEqual(['192.0.2.53', '2001:db8::53']);
});
