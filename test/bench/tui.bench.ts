import { PassThrough } from 'node:stream';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { same } from '../../src/api/words.ts';
import type { Page } from '../../src/tui/page.ts';
import { createStage, type TerminalStage } from '../../src/tui/stage.ts';
import { bar, line, span } from '../../src/tui/text.ts';
import { type Bench, median, quantile, type Row } from './row.ts';

/** Eight hours of one update a second, each with a key before it. */
const UPDATES = 8 * 3600;
const WARM_UP = 2000;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** The frame alone, on a terminal that takes everything: cost of a drawing, bytes of a tick, memory over a day's work. */
const bench: Bench = async () => {
  const frame = openFrame(80, 24);
  try {
    await frame.update();
    const tick = await bytesOf(frame, () => frame.update());
    const nothing = await bytesOf(frame, () => frame.again());
    const full = await bytesOf(frame, () => frame.whole());
    return [
      { name: 'frame: bytes of a clock tick', value: tick, unit: 'bytes', limit: 40 },
      { name: 'frame: bytes when nothing changed', value: nothing, unit: 'bytes', limit: 0 },
      { name: 'frame: bytes of a crowded 80x24 from nothing', value: full, unit: 'bytes', limit: 3000 },
      ...(await endurance(frame)),
    ];
  } finally {
    await frame.stage.leave();
  }
};
export default bench;

interface Frame {
  stage: TerminalStage;
  /** Each presses a key and waits until what it asks for has been drawn. */
  update(): Promise<void>;
  again(): Promise<void>;
  whole(): Promise<void>;
}

function openFrame(columns: number, rows: number): Frame {
  const input = Object.assign(new PassThrough(), { isTTY: true });
  const output = Object.assign(new PassThrough(), { columns, rows, isTTY: true });
  output.resume();
  const stage = createStage({ input, output, env: { TERM: 'linux' } });
  let ticks = 0;
  let drawn = () => {};
  const page: Page = {
    kind: 'screen',
    title: same('Bench'),
    draw(area) {
      drawn();
      return { lines: crowded(ticks, area.rows) };
    },
    bindings: () => [{ keys: ['t'], help: same('tick'), run: () => void ticks++ }],
  };
  stage.open(page);
  const press = (key: string) =>
    new Promise<void>((resolve) => {
      drawn = () => setImmediate(resolve);
      input.write(key);
    });
  return {
    stage,
    update: () => press('t'),
    async again() {
      stage.refresh();
      await new Promise<void>((resolve) => {
        drawn = () => setImmediate(resolve);
      });
    },
    whole: () => press('\x0c'),
  };
}

/** A screen as full of words and tones as the main screen is; only the clock differs from one tick to the next. */
function crowded(tick: number, rows: number) {
  const clock = `${String(Math.floor(tick / 60) % 60).padStart(2, '0')}:${String(tick % 60).padStart(2, '0')}`;
  const figures = Array.from({ length: rows - 1 }, (_, row) => [
    span(' bond0.20  ', 'label'),
    span('UP   ', row % 3 === 0 ? 'good' : 'plain'),
    span('802.3ad 2/2 10.20.0.4/24  '),
    ...bar((row % 10) / 10, 12),
    span(` ${row * 4}%  172.20.1.54`),
  ]);
  return [line(` Bench                                   2026-11-22 20:${clock} +08`, 'title'), ...figures];
}

async function bytesOf(frame: Frame, action: () => Promise<void>): Promise<number> {
  const before = frame.stage.bytes;
  await action();
  return frame.stage.bytes - before;
}

async function endurance(frame: Frame): Promise<Row[]> {
  for (let update = 0; update < WARM_UP; update++) await frame.update();
  const before = usedHeap();
  const samples: number[] = [];
  for (let update = 0; update < UPDATES; update++) {
    const from = performance.now();
    await frame.update();
    samples.push(performance.now() - from);
  }
  const kept = samples.length * 8;
  const grown = (usedHeap() - before - kept) / 1024;
  return [
    { name: 'frame: key to bytes written, median', value: median(samples), unit: 'ms' },
    { name: 'frame: key to bytes written, p99', value: quantile(samples, 0.99), unit: 'ms', limit: 30 },
    { name: `frame: heap grown over ${UPDATES} updates`, value: grown, unit: 'kB', limit: 512 },
  ];
}

function usedHeap(): number {
  collect();
  return getHeapStatistics().used_heap_size;
}
