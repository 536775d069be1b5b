import { rm } from 'node:fs/promises';
import { makePackage } from '../../scripts/pack/deb.mts';
import { baseImage, type Image, roleImage } from '../../scripts/vm/images.mts';
import { Machine } from '../vm/driver/machine.ts';
import { newRunDir } from '../vm/driver/run-dir.ts';
import { LOGIN_PROMPT, MAIN_SCREEN, settledAppliance } from '../vm/driver/settled.ts';
import { type Bench, median, type Row } from './row.ts';

const ROUNDS = 5;
/** Our programs on a compute node, consoles on tty1 and ttyS0 included. */
const PROGRAMS = '/usr/lib/zs-node/runtime/node';

/** The booted node: boot against a node without our package in turn, start of a snapshot, memory of all our processes. */
const bench: Bench = async () => {
  const dir = await newRunDir();
  try {
    const node = await roleImage(await makePackage(dir), 'compute');
    return [...(await boots(node, await baseImage())), ...(await clones(node))];
  } finally {
    await rm(dir, { recursive: true });
  }
};
export default bench;

async function boots(node: Image, plain: Image): Promise<Row[]> {
  const painted: number[] = [];
  const prompted: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    prompted.push(await secondsTo(plain, LOGIN_PROMPT));
    painted.push(await secondsTo(node, MAIN_SCREEN));
  }
  const [console, prompt] = [median(painted), median(prompted)];
  return [
    {
      name: 'vm: boot to console painted, in boots to a log-in prompt',
      value: console / prompt,
      unit: 'times',
      limit: 1.2,
      note: `${console.toFixed(1)} s and ${prompt.toFixed(1)} s, medians of ${ROUNDS} in turn`,
    },
  ];
}

/** Seconds from power-on until tty1 shows what is looked for. */
async function secondsTo(image: Image, wanted: RegExp): Promise<number> {
  const from = performance.now();
  const machine = await Machine.boot(image);
  try {
    await machine.agent.ready();
    await machine.screen.see(wanted);
    return (performance.now() - from) / 1000;
  } finally {
    await machine.end();
  }
}

async function clones(image: Image): Promise<Row[]> {
  const snapshot = await settledAppliance('compute', image);
  const seconds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const from = performance.now();
    const machine = await Machine.clone(snapshot);
    await machine.screen.see(MAIN_SCREEN);
    seconds.push((performance.now() - from) / 1000);
    if (round < ROUNDS - 1) await machine.end();
    else return [start(seconds), await memory(machine)];
  }
  return [];
}

const start = (seconds: number[]): Row => ({
  name: 'vm: start of a snapshot until it can be driven',
  value: median(seconds),
  unit: 's',
  limit: 10,
});

/** Proportional share of all our processes together. */
async function memory(machine: Machine): Promise<Row> {
  try {
    const script = `for pid in $(pgrep -f ${PROGRAMS}); do grep '^Pss:' /proc/$pid/smaps_rollup; done`;
    const rows = (await machine.shell(script)).trim().split('\n');
    const kilobytes = rows.reduce((sum, row) => sum + Number(/(\d+) kB/.exec(row)?.[1]), 0);
    return {
      name: 'vm: memory of all our processes on a compute node (PSS)',
      value: kilobytes / 1024,
      unit: 'MB',
      limit: 260,
      note: `${rows.length} processes, consoles on tty1 and ttyS0`,
    };
  } finally {
    await machine.end();
  }
}
