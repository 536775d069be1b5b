import { setTimeout as pause } from 'node:timers/promises';
import type { SlowLine } from '../screens/slow-line.ts';
import { TestTerminal } from '../screens/terminal.ts';
import { bundle, type RunningController, startController } from './programs.ts';
import { type Bench, quantile, type Row } from './row.ts';

const PRESSES = 100;
const PAINTS = 10;
const LINES = [
  { baud: 9600, reaction: 500 },
  { baud: 115_200, reaction: 60 },
];
const PAINTED = '<F2> System Configuration';
const HELP = / Keys /;

/** The console on a serial line that takes whatever it is given and lets it out at its own speed. */
const bench: Bench = async () => {
  const controller = await startController();
  try {
    const fast = { 'no line between': await onFastLine(controller) };
    const rows: Row[] = [];
    for (const line of LINES) rows.push(...(await onLine(controller, line.baud, line.reaction, fast)));
    return rows;
  } finally {
    await controller.end();
  }
};
export default bench;

const openConsole = (controller: RunningController, baud: number, bytesPerSecond?: number): TestTerminal =>
  new TestTerminal({
    argv: [process.execPath, bundle('console'), '--data', controller.data, '--speed', String(baud)],
    env: controller.env,
    term: 'vt220',
    ...(bytesPerSecond === undefined ? {} : { bytesPerSecond }),
  });

/** The same keys without a slow line: what of the figure is this machine's, busy as it is now. */
async function onFastLine(controller: RunningController): Promise<number> {
  const terminal = openConsole(controller, 0);
  try {
    await terminal.see(PAINTED, 30_000);
    return quantile(await calmReactions(terminal), 0.99);
  } finally {
    await terminal.end();
  }
}

async function onLine(
  controller: RunningController,
  baud: number,
  limit: number,
  peers: Record<string, number>,
): Promise<Row[]> {
  const rate = baud / 10;
  const terminal = openConsole(controller, baud, rate);
  const { line } = terminal;
  if (line === undefined) throw new Error('no line');
  try {
    await terminal.see(PAINTED, 30_000);
    await pause(3000);
    const paints = await wholeScreens(terminal, rate);
    const calm = quantile(await calmReactions(terminal), 0.99);
    const busy = quantile(await busyReactions(terminal), 0.99);
    const name = `${baud} baud: key to its effect, p99 of ${PRESSES}`;
    return [
      { name, value: calm, unit: 'ms', limit, peers },
      { name: `${name}, in the midst of a repaint`, value: busy, unit: 'ms', limit, peers },
      {
        name: `${baud} baud: whole screen, beyond its bytes at that speed, slowest of ${PAINTS}`,
        value: Math.max(...paints),
        unit: 's',
        limit: 0.5,
      },
      queued(line, baud),
    ];
  } finally {
    await terminal.end();
  }
}

const queued = (line: SlowLine, baud: number): Row => ({
  name: `${baud} baud: longest queue`,
  value: line.takeLongest(),
  unit: 's',
  limit: 0.3,
});

/** Seconds that whole repaints took longer than their bytes need. */
async function wholeScreens(terminal: TestTerminal, rate: number): Promise<number[]> {
  const over: number[] = [];
  for (let paint = 0; paint < PAINTS; paint++) {
    const [from, before] = [performance.now(), terminal.bytes];
    terminal.press('C-l');
    await terminal.gone(PAINTED);
    await terminal.see(PAINTED, 30_000);
    over.push((performance.now() - from) / 1000 - (terminal.bytes - before) / rate);
    await pause(300);
  }
  return over;
}

const helpShown = (terminal: TestTerminal): boolean => HELP.test(terminal.grid());

/** Milliseconds from the key until the help's window stands, or has gone. */
async function toggle(terminal: TestTerminal): Promise<number> {
  const before = helpShown(terminal);
  const from = performance.now();
  terminal.press('f1');
  await terminal.until(() => helpShown(terminal) !== before, 30_000);
  return performance.now() - from;
}

/** Opens and closes the help at odd moments. */
async function calmReactions(terminal: TestTerminal): Promise<number[]> {
  const samples: number[] = [];
  for (let press = 0; press < PRESSES; press++) {
    await pause(150 + ((press * 37) % 200));
    samples.push(await toggle(terminal));
  }
  return samples;
}

/** Opens the help while the whole screen is being painted anew, each time at another part of it. */
async function busyReactions(terminal: TestTerminal): Promise<number[]> {
  const samples: number[] = [];
  for (let press = 0; press < PRESSES; press++) {
    const before = terminal.bytes;
    terminal.press('C-l');
    await terminal.until(() => terminal.bytes > before + 50 + ((press * 61) % 1000));
    samples.push(await toggle(terminal));
    await toggle(terminal);
    await terminal.see(PAINTED, 30_000);
  }
  return samples;
}
