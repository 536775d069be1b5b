import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Port } from '../../src/tui/port.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

/** A kernel that takes everything at once, as it does on a serial line, and tells only afterwards. */
function output() {
  const sent: { at: number; bytes: Buffer }[] = [];
  const write = (bytes: Uint8Array, done: () => void) => {
    sent.push({ at: performance.now(), bytes: Buffer.from(bytes) });
    done();
    return true;
  };
  return { sent, stream: Object.assign(new EventEmitter(), { isTTY: true, writable: true, write }) };
}

describe.each([30, 120, 960, 11_520])('a line of %i bytes a second', (rate) => {
  test('gets everything in order, never more than 0.3 s of it at once, and does not run dry', () => {
    const { sent, stream } = output();
    const port = new Port(stream, rate);
    const text = '0123456789é'.repeat(300);
    const start = performance.now();
    port.write(text);
    while (port.busy) vi.advanceTimersToNextTimer();
    expect(Buffer.concat(sent.map(({ bytes }) => bytes)).toString()).toBe(text);
    let level = 0;
    let before = start;
    for (const { at, bytes } of sent) {
      level = Math.max(0, level - ((at - before) / 1000) * rate) + bytes.length;
      before = at;
      expect(level / rate).toBeLessThanOrEqual(0.3);
    }
    const seconds = (performance.now() - start) / 1000;
    expect(seconds).toBeLessThanOrEqual(Buffer.byteLength(text) / rate + 0.05);
  });

  test('is open for the next picture as soon as half of what may be on its way has left', () => {
    const port = new Port(output().stream, rate);
    let idle = 0;
    port.on('idle', () => idle++);
    port.write('x'.repeat(port.room));
    expect(port.busy).toBe(true);
    vi.advanceTimersToNextTimer();
    expect(port.busy).toBe(false);
    expect(idle).toBe(1);
  });
});

test('what is left at the end goes at once', () => {
  const { sent, stream } = output();
  const port = new Port(stream, 960);
  port.write('x'.repeat(5000));
  expect(Buffer.concat(sent.map(({ bytes }) => bytes)).length).toBeLessThan(300);
  port.hurry();
  expect(Buffer.concat(sent.map(({ bytes }) => bytes)).length).toBe(5000);
});

test('a line of unknown speed gets everything at once', () => {
  const { sent, stream } = output();
  const port = new Port(stream);
  port.write('x'.repeat(50_000));
  expect(sent.map(({ bytes }) => bytes.length)).toEqual([50_000]);
  expect(port.busy).toBe(false);
});
