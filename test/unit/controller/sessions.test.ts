import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Caller } from '../../../src/api/action.ts';
import { type SessionEnd, Sessions } from '../../../src/controller/sessions.ts';

const caller = (line: string): Caller => ({ uid: 990, pid: 1, line, program: 'console' });

let now: number;
let ends: [string, SessionEnd][];
let sessions: Sessions;

beforeEach(() => {
  vi.useFakeTimers();
  now = 1_000_000;
  ends = [];
  sessions = new Sessions({
    idleSeconds: 600,
    now: () => now,
    changed: () => {},
    ended: ({ line }, end) => ends.push([line, end]),
  });
});
afterEach(() => vi.useRealTimers());

function pass(seconds: number): void {
  now += seconds * 1000;
  vi.advanceTimersByTime(seconds * 1000);
}

test('without a session: refused; with one: let through; after closing: refused again', () => {
  const one = caller('tty1');
  expect(() => sessions.require(one)).toThrow('needs the root password');
  sessions.open(one, 'configuration', false);
  sessions.require(one);
  expect(sessions.fact()).toMatchObject({ holder: { line: 'tty1', area: 'configuration' } });
  expect(sessions.close(one)).toBe(true);
  expect(() => sessions.require(one)).toThrow();
  expect(sessions.fact()).toEqual({});
});

test('a session is the connection’s own: the same line on another connection has none', () => {
  sessions.open(caller('tty1'), 'configuration', false);
  expect(() => sessions.require(caller('tty1'))).toThrow('needs the root password');
});

test('two writers: the second is told who is at work, and may take over; the first then hears it', () => {
  const one = caller('tty1');
  const two = caller('pts/0');
  sessions.open(one, 'configuration', false);
  expect(() => sessions.open(two, 'power', false)).toThrow('the configuration is open on tty1');
  sessions.require(one);
  sessions.open(two, 'power', true);
  expect(ends).toEqual([['tty1', 'taken over']]);
  expect(() => sessions.require(one)).toThrow('another console took over');
  sessions.require(two);
  sessions.left(one);
  sessions.require(two);
});

test('idle ends it: by keys kept alive, by nothing else', () => {
  const one = caller('tty1');
  sessions.open(one, 'configuration', false);
  pass(599);
  sessions.require(one);
  pass(599);
  sessions.require(one);
  expect(ends).toEqual([]);
  pass(601);
  expect(ends).toEqual([['tty1', 'idle']]);
  expect(() => sessions.require(one)).toThrow('nobody pressed a key');
});

test('the wall clock, set back and forth, changes nothing', () => {
  const one = caller('tty1');
  sessions.open(one, 'configuration', false);
  vi.setSystemTime(new Date('1990-01-01'));
  pass(300);
  sessions.require(one);
  vi.setSystemTime(new Date('2090-01-01'));
  sessions.require(one);
  pass(601);
  expect(ends).toEqual([['tty1', 'idle']]);
});

test('a machine that slept through the idle time finds the session closed, though no timer fired', () => {
  const one = caller('tty1');
  sessions.open(one, 'configuration', false);
  now += 700_000;
  expect(() => sessions.require(one)).toThrow('nobody pressed a key');
  sessions.open(caller('pts/1'), 'power', false);
});

test('hanging up ends it', () => {
  const one = caller('tty1');
  sessions.open(one, 'power', false);
  sessions.left(one);
  expect(ends).toEqual([['tty1', 'disconnected']]);
  sessions.open(caller('pts/0'), 'power', false);
});
