import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pickFrom, randomOf, seed, tellSeed } from '../fakes/random.ts';
import { stateOf } from '../services/hostile/node-state.ts';
import { TestNode } from './node.ts';
import { keyNoise, NOISE_END } from './noise.ts';
import type { TestTerminal } from './terminal.ts';

/** The long run: `ZS_KEYS=1000000`. */
const KEYS = Number(process.env.ZS_KEYS ?? 8_000);
const BATCH = 1000;
const MINUTES = 240;
const PASSWORD = 'Zq7 right one';
const MAIN = /<F2> (System Configuration|系统配置)/;
const ASKED = /Root password|root 密码/;
const TERMS = ['xterm-256color', 'linux', 'vt220', 'screen'];

let node: TestNode;
beforeAll(async () => {
  node = await TestNode.start({
    password: PASSWORD,
    machine: new URL('own-network.sh', import.meta.url).pathname,
  });
});
afterAll(() => node.end());

/** Wrong passwords among the noise are counted and slowed down as they should be; the next round begins without them. */
async function forgetFailures(): Promise<void> {
  await node.kill('guard');
  for (const folder of [node.places.data, node.places.run])
    rmSync(join(folder, 'guard/lockout.json'), { force: true });
  await node.startGuard();
}

const entries = (terminal: TestTerminal) =>
  terminal
    .grid()
    .split('\n')
    .findIndex((row) => /^ *> /.test(row));

/** The main screen, behind whatever is open, once all the noise is behind: no window comes over it any more. */
async function back(terminal: TestTerminal): Promise<void> {
  terminal.type(NOISE_END);
  let calm = 0;
  for (let round = 0; round < 400 && calm < 6; round++) {
    const there = MAIN.test(terminal.grid());
    calm = there ? calm + 1 : 0;
    terminal.press(!there && round % 4 === 3 ? 'f2' : 'escape');
    await pause(100);
  }
  await terminal.see(MAIN);
}

/** With the password into the menu, from there so many entries down, and in. Left where it stops. */
async function enter(terminal: TestTerminal, random: () => number): Promise<void> {
  terminal.press(random() < 0.9 ? 'f2' : 'f12');
  await terminal.see(ASKED);
  terminal.type(PASSWORD);
  terminal.press('enter');
  await terminal.until(() => !ASKED.test(terminal.grid()), undefined, 'the password taken');
  const down = Math.floor(random() * 22);
  for (let step = 0; step < down; step++) terminal.press('down');
  await pause(100);
  if (entries(terminal) >= 0) terminal.press('enter');
  await pause(200);
}

const residentMegabytes = (pid: number) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) / 1024;

test(
  `${KEYS} random keys from every screen, behind the password, seed ${seed}: nothing falls, nothing changes`,
  async () => {
    tellSeed();
    const random = randomOf(seed);
    const controller = node.program('controller');
    const state = () =>
      stateOf(node.data, join(node.folder, 'etc'), ['nsenter', '-t', String(controller.pid), '--net']);
    const before = state();
    let terminal = node.console({ args: ['--stay'] });
    let [batches, memory] = [0, 0];
    for (let sent = 0; sent < KEYS; sent += BATCH) {
      // Now and then on another terminal.
      if (batches++ % 5 === 4) {
        await terminal.end();
        terminal = node.console({ args: ['--stay'], term: pickFrom(random, TERMS) });
        memory = 0;
      }
      await back(terminal);
      await forgetFailures();
      await enter(terminal, random);
      terminal.send(keyNoise(random, BATCH, ''));
      await back(terminal);
      const now = residentMegabytes(terminal.pid);
      memory ||= now;
      expect(now - memory, `memory of the console, ${sent} keys`).toBeLessThan(80);
    }
    await terminal.end();
    expect(controller.exitCode).toBeNull();
    expect(state()).toEqual(before);
  },
  MINUTES * 60_000,
);
