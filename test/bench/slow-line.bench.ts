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
    const rows: Row[] = [];
    for (const line of LINES) rows.push(...(await onLine(controller, line.baud, line.reaction)));
    return rows;
  } finally {
    await controller.end();
  }
};
export default bench;

async function onLine(controller: RunningController, baud: number, reaction: number): Promise<Row[]> {
  const rate = baud / 10;
  const terminal = new TestTerminal({
    argv: [process.execPath, bundle('console'), '--data', controller.data, '--speed', String(baud)],
    env: controller.env,
    term: 'vt220',
    bytesPerSecond: rate,
  });
  const { line } = terminal;
  if (line === undefined) throw new Error('no line');
  try {
    await terminal.see(PAINTED, 30_000);
    await pause(3000);
    const paints = await wholeScreens(terminal, rate);
    const calm = await reactions(terminal, false);
    const busy = await reactions(terminal, true);
    return [
      {
        name: `${baud} baud: key to its effect, p99 of ${PRESSES}`,
        value: quantile(calm, 0.99),
        unit: 'ms',
        limit: reaction,
      },
      {
        name: `${baud} baud: key in the midst of a whole repaint, p99 of ${PRESSES}`,
        value: quantile(busy, 0.99),
        unit: 'ms',
        limit: reaction,
      },
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

/** Opens and closes the help at odd moments: milliseconds from the key until its window stands or has gone. */
async function reactions(terminal: TestTerminal, repainting: boolean): Promise<number[]> {
  const samples: number[] = [];
  for (let press = 0; press < PRESSES; press++) {
    const opens = press % 2 === 0;
    await pause(150 + ((press * 37) % 200));
    if (repainting) {
      const before = terminal.bytes;
      terminal.press('C-l');
      await terminal.until(() => terminal.bytes > before + 100 + ((press * 61) % 1000));
    }
    const shown = () => HELP.test(terminal.grid());
    if (shown() === opens) continue;
    const from = performance.now();
    terminal.press('f1');
    await terminal.until(() => shown() === opens, 30_000);
    samples.push(performance.now() - from);
  }
  return samples;
}
