import { PassThrough } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createStage } from '../../src/tui/stage.ts';

test('whoever asks for the end again waits for the farewell as well, and the first code counts', async () => {
  const given: (() => void)[] = [];
  const output = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 });
  output.write = ((_bytes: Uint8Array, done: () => void) => given.push(done) > 0) as typeof output.write;
  const input = Object.assign(new PassThrough(), { isTTY: true });
  const exits: number[] = [];
  const stage = createStage({
    ...{ input, output, env: { TERM: 'vt220' } },
    exit: (code) => exits.push(code) as never,
  } as Parameters<typeof createStage>[0]);
  stage.quit(143);
  stage.quit(129);
  await pause(50);
  expect(given).toHaveLength(1);
  expect(exits).toEqual([]);
  while (given.length > 0) given.shift()?.();
  await expect.poll(() => exits).toEqual([143, 129]);
});
