import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { NodeLink } from '../../screens/link/node-link.ts';
import { emptyModel } from '../../screens/main/model.ts';

let folder: string;
let link: NodeLink;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'node-link-'));
});
afterEach(() => {
  link.stop();
  rmSync(folder, { recursive: true });
});

test('a controller that stays away is tried again and again, and told once: nothing is drawn anew meanwhile', async () => {
  const socketPath = join(folder, 'controller.sock');
  const model = emptyModel();
  const changed = vi.fn();
  const nothing = () => undefined;
  link = new NodeLink({
    ...{ socketPath, model, changed, lastWordsPath: join(folder, 'none') },
    ...{ hello: { program: 'console', line: '-', version: '0' }, second: nothing, repaint: nothing },
    note: nothing,
  });
  link.start();
  await vi.waitFor(() => expect(model.link.state).toBe('lost'), { timeout: 15_000 });
  expect(changed).toHaveBeenCalledTimes(1);
  let tries = 0;
  const server = createServer((socket) => {
    tries += 1;
    socket.destroy();
  });
  await new Promise<void>((listening) => server.listen(socketPath, listening));
  await vi.waitFor(() => expect(tries).toBeGreaterThan(4), 20_000);
  server.close();
  // Another reason than before is told, once again.
  expect(changed.mock.calls.length).toBeLessThanOrEqual(3);
});
