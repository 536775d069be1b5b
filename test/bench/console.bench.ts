import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { TestTerminal } from '../screens/terminal.ts';
import {
  bundle,
  CONSOLE_FLAGS,
  cpuMilliseconds,
  pssMegabytes,
  type RunningController,
  startController,
  wakes,
} from './programs.ts';
import { type Bench, median, quantile, type Row } from './row.ts';

const STARTS = 15;
const KEYS = 200;
const IDLE_SECONDS = 60;
/** The load, which only the controller tells, and the last row of the main screen, drawn when everything above it is. */
const PAINTED = /Load +\d[\s\S]*<F2> System Configuration/;
const REAL_FIGURES = /eth|ens|enp|em\d|lo\b|UP/;

const root = resolve(import.meta.dirname, '../..');

/** The console on a terminal of its own, beside a controller that runs: start, idle, reaction, memory. */
const bench: Bench = async () => {
  const controller = await startController();
  try {
    return [
      ...(await starts(controller)),
      ...(await paint(controller)),
      await keys(controller),
      ...(await idle(controller)),
    ];
  } finally {
    await controller.end();
  }
};
export default bench;

function openConsole(controller: RunningController, columns = 80, rows = 24): TestTerminal {
  return new TestTerminal({
    argv: [process.execPath, ...CONSOLE_FLAGS, bundle('console'), '--data', controller.data],
    env: controller.env,
    term: 'linux',
    columns,
    rows,
  });
}

/** Milliseconds from exec until the screen shows what is looked for. */
async function timeUntil(open: () => TestTerminal, wanted: RegExp): Promise<number> {
  const from = performance.now();
  const terminal = open();
  try {
    await terminal.see(wanted, 30_000);
    return performance.now() - from;
  } finally {
    await terminal.end();
  }
}

async function repeat(times: number, measure: () => Promise<number>): Promise<number[]> {
  const samples: number[] = [];
  for (let run = 0; run < times; run += 1) samples.push(await measure());
  return samples;
}

async function starts(controller: RunningController): Promise<Row[]> {
  const first = () => timeUntil(() => openConsole(controller), PAINTED);
  await firstOfAll(controller);
  const samples: number[] = [];
  const bare: number[] = [];
  for (let run = 0; run < STARTS; run += 1) {
    bare.push(bareStart());
    samples.push(await first());
  }
  const peers = { 'bare Node': median(bare), ...(await peerStarts()) };
  return [
    {
      name: 'console: exec to first full paint, median',
      value: median(samples),
      unit: 'ms',
      limit: 150,
      peers,
    },
    {
      name: 'console: first full paint, beside bare Node',
      value: median(samples) / median(bare),
      unit: 'times',
      limit: 1.6,
    },
    { name: 'console: exec to first full paint, slowest', value: Math.max(...samples), unit: 'ms' },
  ];
}

/** Fills the compile cache, as the first start on an installed node does, which stays. */
async function firstOfAll(controller: RunningController): Promise<void> {
  const terminal = openConsole(controller);
  await terminal.see(PAINTED, 30_000);
  terminal.press('q');
  await terminal.exited;
  await terminal.end();
}

/** Milliseconds from exec to the end of a Node that does nothing. */
function bareStart(): number {
  const from = performance.now();
  spawnSync(process.execPath, ['-e', '0']);
  return performance.now() - from;
}

interface Peer {
  name: string;
  argv: [string, ...string[]];
  painted: RegExp;
}

const PEERS: Peer[] = [
  { name: 'htop', argv: ['htop'], painted: /Load average/i },
  { name: 'glances', argv: ['glances'], painted: /\d+%|CPU/ },
  { name: 'gtop', argv: [resolve(root, 'node_modules/.bin/gtop')], painted: /CPU/ },
];

const present = ({ argv }: Peer): boolean => spawnSync('which', [argv[0]]).status === 0;

const openPeer = (peer: Peer): TestTerminal =>
  new TestTerminal({
    argv: peer.argv,
    columns: 100,
    rows: 30,
    env: { PATH: process.env.PATH, HOME: process.env.HOME },
  });

async function peerStarts(): Promise<Record<string, number>> {
  const measured: Record<string, number> = {};
  for (const peer of PEERS.filter(present)) {
    measured[peer.name] = median(await repeat(5, () => timeUntil(() => openPeer(peer), peer.painted)));
  }
  return measured;
}

async function paint(controller: RunningController): Promise<Row[]> {
  const small = await paintBytes(controller, 80, 24);
  const large = await paintBytes(controller, 160, 50);
  return [
    { name: 'full paint at 80x24', value: small, unit: 'bytes', limit: 3000 },
    { name: 'full paint at 160x50', value: large, unit: 'bytes' },
  ];
}

/** Bytes of a whole repaint, asked for by Ctrl+L. */
async function paintBytes(controller: RunningController, columns: number, rows: number): Promise<number> {
  const terminal = openConsole(controller, columns, rows);
  try {
    await terminal.see(PAINTED);
    await terminal.see(REAL_FIGURES);
    const before = await quietBytes(terminal);
    terminal.press('C-l');
    await terminal.until(() => terminal.bytes > before + 500, 5000, 'the repaint');
    return (await quietBytes(terminal)) - before;
  } finally {
    await terminal.end();
  }
}

/** Bytes sent so far, once nothing has come for a while. */
async function quietBytes(terminal: TestTerminal): Promise<number> {
  for (;;) {
    const before = terminal.bytes;
    await new Promise((later) => setTimeout(later, 150));
    if (terminal.bytes === before) return before;
  }
}

/** Opens and closes the help: each press is timed until the screen has changed. */
async function keys(controller: RunningController): Promise<Row> {
  const terminal = openConsole(controller);
  const samples: number[] = [];
  try {
    await terminal.see(PAINTED);
    for (let press = 0; press < KEYS; press += 1) {
      const bytes = await quietBytes(terminal);
      const from = performance.now();
      // The help closes on the key that opened it; a lone Esc would wait for the rest of a sequence.
      terminal.press('f1');
      await terminal.until(() => terminal.bytes > bytes, 5000, 'a reaction');
      samples.push(performance.now() - from);
    }
  } finally {
    await terminal.end();
  }
  return {
    name: `key to painted reaction, p99 of ${KEYS}`,
    value: quantile(samples, 0.99),
    unit: 'ms',
    limit: 30,
  };
}

/** One minute of the main screen that nobody touches. */
async function idle(controller: RunningController): Promise<Row[]> {
  const terminal = openConsole(controller);
  try {
    await terminal.see(PAINTED);
    await new Promise((settled) => setTimeout(settled, 5000));
    const pids = [terminal.pid, controller.pid];
    const cpuBefore = pids.map(cpuMilliseconds);
    const wakesBefore = wakes(terminal.pid);
    const bytesBefore = terminal.bytes;
    await new Promise((minute) => setTimeout(minute, IDLE_SECONDS * 1000));
    const cpu = pids.map((pid, index) => cpuMilliseconds(pid) - (cpuBefore[index] ?? 0));
    const share = (cpu.reduce((sum, one) => sum + one, 0) / (IDLE_SECONDS * 1000)) * 100;
    const woken = (wakes(terminal.pid) - wakesBefore) / IDLE_SECONDS;
    const pss = [pssMegabytes(terminal.pid), pssMegabytes(controller.pid)];
    const bytes = (terminal.bytes - bytesBefore) / IDLE_SECONDS;
    const peers = await peersIdle();
    return [
      { name: 'idle: the console wakes', value: woken, unit: 'times/s', limit: 3 },
      {
        name: 'idle: to the terminal',
        value: bytes,
        unit: 'bytes/s',
        limit: 30,
        peers: peers.bytes,
      },
      {
        name: 'idle: console and controller',
        value: share,
        unit: '% of a core',
        limit: 0.6,
        peers: peers.cpu,
        note: `console ${cpu[0]} ms, controller ${cpu[1]} ms in a minute`,
      },
      {
        name: 'idle: console and controller, beside htop',
        value: peers.cpu.htop === undefined ? undefined : share / peers.cpu.htop,
        unit: 'times',
        limit: 1.2,
        ...(peers.cpu.htop === undefined && { note: 'htop is not installed' }),
      },
      {
        name: 'memory of console and controller (PSS)',
        value: pss.reduce((sum, one) => sum + one, 0),
        unit: 'MB',
        limit: 95,
        peers: peers.memory,
        note: `console ${pss[0]?.toFixed(0)}, controller ${pss[1]?.toFixed(0)}`,
      },
    ];
  } finally {
    await terminal.end();
  }
}

async function peersIdle() {
  const measured = { bytes: {}, cpu: {}, memory: {} } as Record<
    'bytes' | 'cpu' | 'memory',
    Record<string, number>
  >;
  const seconds = 15;
  for (const peer of PEERS.filter(present)) {
    const terminal = openPeer(peer);
    await terminal.see(peer.painted, 30_000);
    const [cpu, bytes] = [cpuMilliseconds(terminal.pid), terminal.bytes];
    await new Promise((later) => setTimeout(later, seconds * 1000));
    measured.cpu[peer.name] = ((cpuMilliseconds(terminal.pid) - cpu) / (seconds * 1000)) * 100;
    measured.bytes[peer.name] = (terminal.bytes - bytes) / seconds;
    measured.memory[peer.name] = pssMegabytes(terminal.pid);
    await terminal.end();
  }
  return measured;
}
