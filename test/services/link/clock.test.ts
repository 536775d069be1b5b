import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LinkWorld } from './world.ts';

const CHILD = join(import.meta.dirname, 'clock-child.ts');
const YEAR = 365 * 86_400_000;

let world: LinkWorld;
beforeAll(async () => {
  world = await LinkWorld.start();
});
afterAll(() => world.end());

test.each([
  ['behind', -5 * YEAR],
  ['ahead', 5 * YEAR],
])('a node whose clock is years %s joins all the same, and knows by how much it is off', async (_, shift) => {
  const { token, fingerprint } = await world.token();
  const child = spawn(process.execPath, [CHILD], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify({ shift, port: world.linkPort, token, fingerprint }));
  const told = (await json(child.stdout)) as { host: string; state: { ahead: number }; now: number };
  expect(Math.abs(told.now - Date.now() - shift)).toBeLessThan(60_000);
  expect(Math.abs(told.state.ahead + shift)).toBeLessThan(60_000);
  expect(await world.host(told.host)).toBeDefined();
});
