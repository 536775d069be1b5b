import { afterAll, beforeAll, expect, test } from 'vitest';
import { CONSOLE_FLAGS, wakes } from '../bench/programs.ts';
import { TestNode } from './node.ts';

/** What writes of the start, and figures of a busy machine, may need to settle. */
const WINDOWS = 8;
const WINDOW_SECONDS = 3;

let node: TestNode;
beforeAll(async () => {
  node = await TestNode.start();
});
afterAll(() => node.end());

test('a console that nobody touches wakes at most three times a second, and its clock goes on', async () => {
  const terminal = node.console({ flags: CONSOLE_FLAGS });
  await terminal.see('<F2> System Configuration');
  let fewest = Number.POSITIVE_INFINITY;
  for (let window = 0; window < WINDOWS && fewest > 3; window++) {
    const [before, bytes, from] = [wakes(terminal.pid), terminal.bytes, performance.now()];
    await terminal.until(
      () => performance.now() - from > WINDOW_SECONDS * 1000 && terminal.bytes > bytes,
      30_000,
      'the clock to go on',
    );
    fewest = Math.min(fewest, ((wakes(terminal.pid) - before) * 1000) / (performance.now() - from));
  }
  expect(fewest).toBeLessThanOrEqual(3);
  expect(fewest).toBeGreaterThan(0);
});
