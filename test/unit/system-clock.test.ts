import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { setSetting } from '../../src/node/system-settings/apply.ts';
import { clockKeeper, momentOf, timeIn } from '../../src/node/system-settings/clock.ts';
import type { SetSetting } from '../../src/node/system-settings/plan/steps.ts';
import { SettingsBus, type TIMEDATED } from '../../src/system/settings-bus.ts';
import { DOING } from '../fakes/doing.ts';

let stat: string;
beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'clock-'));
  stat = join(folder, 'stat');
  began(1_000_000);
  return () => rmSync(folder, { recursive: true });
});

const began = (since: number): void => writeFileSync(stat, `cpu 1 2 3\nbtime ${since}\nprocesses 9\n`);
const inStat = 1_000_000;

/** A kernel whose clock follows the one order that is known here. */
class ClockBus extends SettingsBus {
  since = inStat;
  override async order(_: typeof TIMEDATED, member: string, signature: string, body: unknown[]) {
    expect([member, signature, body[1]]).toEqual(['SetTime', 'xb', true]);
    this.since += Number(body[0]) / 1_000_000;
    began(this.since);
  }
}

const step = (boot: string, by: number): SetSetting<'clock'> => ({
  type: 'system.set',
  setting: 'clock',
  before: { boot, since: inStat },
  after: { boot, since: inStat + by },
  words: { en: 'set', zh: 'set' },
});

const executor = (bus: SettingsBus, boot: string) =>
  setSetting<SetSetting<'clock'>>({ clock: clockKeeper(bus, () => boot, stat) });

test('the clock goes by the difference, is proved by the kernel, and goes back by the same', async () => {
  const bus = new ClockBus();
  const { apply, undo, settle } = executor(bus, 'a');
  const hour = step('a', -3600);
  expect(await settle(hour, DOING)).toBe('not done');
  await apply(hour, DOING);
  expect(bus.since).toBe(inStat - 3600);
  expect(await settle(hour, DOING)).toBe('done');
  await undo(hour, DOING);
  expect(bus.since).toBe(inStat);
});

test('what was cut off by a start of the machine is not taken back by numbers of the boot before', async () => {
  const bus = new ClockBus();
  began(5_000_000);
  await executor(bus, 'b').undo(step('a', 60), DOING);
  expect(bus.since).toBe(inStat);
});

test('a time is one of the zone, in summer and winter; one that clocks go over is refused', () => {
  const at = (text: string, zone: string) => new Date(momentOf(text, zone)).toISOString();
  expect(at('2026-11-29 14:30', 'Asia/Shanghai')).toBe('2026-11-29T06:30:00.000Z');
  expect(at('2026-07-01 00:00:30', 'Europe/Berlin')).toBe('2026-06-30T22:00:30.000Z');
  expect(at('2026-01-01 00:00', 'Europe/Berlin')).toBe('2025-12-31T23:00:00.000Z');
  expect(at('2026-10-25 02:30', 'Europe/Berlin')).toBe('2026-10-25T00:30:00.000Z');
  expect(at('2026-01-01 00:00', '')).toBe('2026-01-01T00:00:00.000Z');
  expect(() => momentOf('2026-03-29 02:30', 'Europe/Berlin')).toThrow(/go forward/);
  expect(timeIn('Asia/Shanghai', Date.UTC(2026, 10, 29, 16, 0, 5))).toBe('2026-11-30 00:00:05');
});
