import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { FlightRecorder } from '../../screens/line/flight-recorder.ts';
import { pictureAfter, readRecording, wordsOf } from '../../screens/replay/recording.ts';
import { same } from '../../src/api/words.ts';
import { Flight, type FlightEvent } from '../../src/tui/flight.ts';
import { form } from '../../src/tui/form.ts';
import type { Page } from '../../src/tui/page.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flight-'));
  return () => rmSync(folder, { recursive: true });
});

describe('a recording on disk', () => {
  test('holds at least the last ten thousand events, and not many more', async () => {
    const recorder = new FlightRecorder(folder, 'ttyS0');
    for (let event = 0; event < 45_000; event++) {
      recorder.note({ event });
      if (event % 1000 === 999) await recorder.write();
    }
    const kept = readRecording(join(folder, 'ttyS0.jsonl'));
    expect(kept).toHaveLength(10_000);
    expect(kept.at(-1)).toMatchObject({ event: 44_999 });
    expect(kept[0]).toMatchObject({ event: 35_000 });
    const lines = readdirSync(folder).map(
      (name) => readFileSync(join(folder, name), 'utf8').split('\n').length,
    );
    expect(lines.reduce((sum, count) => sum + count)).toBeLessThan(21_100);
  });

  test('is bounded in bytes, whatever the events are', async () => {
    const recorder = new FlightRecorder(folder, 'ttyS0');
    for (let event = 0; event < 400; event++) {
      recorder.note({ text: 'x'.repeat(30_000) });
      recorder.note({ text: 'x'.repeat(40_000) });
      if (event % 20 === 19) await recorder.write();
    }
    const bytes = readdirSync(folder).map((name) => statSync(join(folder, name)).size);
    expect(Math.max(...bytes)).toBeLessThan(6 * 1024 * 1024);
    const lines = readFileSync(join(folder, 'ttyS0.jsonl'), 'utf8').trimEnd().split('\n');
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(32_768);
  });

  test('of lines that are long gone makes room', async () => {
    for (let line = 0; line < 40; line++) {
      writeFileSync(join(folder, `pts-${line}.jsonl`), '');
      utimesSync(join(folder, `pts-${line}.jsonl`), 1000 + line, 1000 + line);
    }
    const recorder = new FlightRecorder(folder, 'tty1');
    recorder.note({});
    await recorder.write();
    const names = readdirSync(folder);
    expect(names).toHaveLength(25);
    expect(names).toContain('tty1.jsonl');
    expect(names).toContain('pts-39.jsonl');
    expect(names).not.toContain('pts-0.jsonl');
  });

  test('that cannot be written hinders nothing, is bounded in memory, and is written when it can', async () => {
    const place = join(folder, 'later');
    writeFileSync(place, 'in the way');
    const recorder = new FlightRecorder(place, 'tty1');
    for (let event = 0; event < 50_000; event++) {
      recorder.note({ event });
      if (event % 5000 === 0) await recorder.write();
    }
    recorder.flush();
    rmSync(place);
    await recorder.write();
    const kept = readRecording(join(place, 'tty1.jsonl'));
    expect(kept.at(-1)).toMatchObject({ event: 49_999 });
    expect(kept.length).toBeGreaterThanOrEqual(10_000);
  });

  test('cut by a crash is read up to the cut', () => {
    const file = join(folder, 'tty1.jsonl');
    writeFileSync(file, '{"at":1,"key":"f2"}\n{"at":2,"ke');
    expect(readRecording(file)).toEqual([{ at: 1, key: 'f2' }]);
  });
});

describe('what is noted', () => {
  const open = () => {
    const events: FlightEvent[] = [];
    return { events, flight: new Flight((event) => events.push(event)) };
  };
  const run = () => {};
  const key = (name: string) => ({ name, ...(name.length === 1 && { text: name }) });
  const asking = { keys: ['f2'], help: same('asks'), asksSecret: true as const, run };
  const bound = { keys: ['j'], help: same('down'), run };
  const page: Page = { kind: 'screen', title: same('Main'), draw: () => ({ lines: [] }), bindings: () => [] };
  const passwordForm = () =>
    form({
      title: same('Password'),
      fields: [
        { name: 'user', label: same('User'), kind: 'text' },
        { name: 'password', label: same('Password'), kind: 'secret' },
      ],
      submit: async () => {},
    });

  test('keys that do something and text; of secrets nothing but that there were some', () => {
    const { events, flight } = open();
    flight.pressed(key('j'), page, bound);
    flight.pressed(key('z'), page, undefined);
    const asked = passwordForm();
    flight.typed('admin', asked);
    asked
      .bindings()
      .find(({ keys }) => keys.includes('tab'))
      ?.run();
    flight.typed('hun', asked);
    flight.typed('ter2', asked);
    flight.pressed({ name: 'paste', text: 'hunter2' }, asked, undefined);
    flight.pressed(key('enter'), asked, bound);
    expect(events).toEqual([{ key: 'j' }, { text: 'admin' }, { secret: true }, { key: 'enter' }]);
  });

  test('nothing of a password that is typed before its field is there', () => {
    const { events, flight } = open();
    flight.pressed(key('f2'), page, asking);
    flight.pressed(key('j'), page, bound);
    flight.pressed(key('2'), page, asking);
    flight.pagesChanged();
    flight.pressed(key('j'), page, bound);
    expect(events).toEqual([{ key: 'f2' }, { secret: true }, { key: 'j' }]);
  });

  test('a row of stars has one length', () => {
    const { events, flight } = open();
    flight.drawn(true, 1, 80, () => ['Password  ****      |', 'x']);
    flight.drawn(true, 1, 80, () => ['Password  *******   |', 'x']);
    expect(events).toEqual([{ rows: { 0: 'Password  ***       |', 1: 'x' }, columns: 80, whole: true }]);
  });

  test('pictures of the calm screen once a minute, of keys and new pages always', () => {
    const { events, flight } = open();
    for (let tick = 0; tick < 50; tick++) flight.drawn(false, 1, 80, () => [`tick ${tick}`]);
    flight.drawn(true, 1, 80, () => ['key']);
    flight.pagesChanged();
    flight.drawn(false, 2, 80, () => ['page']);
    expect(events.map((event) => 'rows' in event && event.rows[0])).toEqual(['tick 0', 'key', 'page']);
  });
});

test('a picture is put together from what changed', () => {
  const events = [
    { at: 1, rows: { 0: 'old', 1: 'old' }, columns: 80, whole: true },
    { at: 2, rows: { 0: 'a', 2: 'c' }, columns: 80, whole: true },
    { at: 3, key: 'f2' },
    { at: 4, rows: { 1: 'b', 2: '' }, columns: 80 },
  ];
  expect(pictureAfter(events, 0)).toEqual(['old', 'old']);
  expect(pictureAfter(events, 2)).toEqual(['a', '', 'c']);
  expect(pictureAfter(events, 3)).toEqual(['a', 'b', '']);
  expect(events.map(wordsOf)).toEqual(['picture', 'picture', 'key f2', 'picture']);
});
