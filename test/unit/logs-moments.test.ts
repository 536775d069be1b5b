import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { periodOf } from '../../src/cli/zstack-ctl/period.ts';
import { endAt, momentOf } from '../../src/node/logs/moments.ts';
import { randomOf, seed, tellSeed } from '../fakes/random.ts';

const local = (...parts: [number, number, number, number, number, number]) => new Date(...parts).getTime();

test('the ways in which logs date their lines', () => {
  const utc = Date.UTC(2026, 10, 29, 6, 52, 13);
  const now = local(2026, 11, 1, 0, 0, 0);
  const here = local(2026, 10, 29, 6, 52, 13);
  for (const line of [
    '2026-11-29T06:52:13.123Z said',
    '2026-11-29 06:52:13.12+00:00 [info]',
    '2026-11-29 07:52:13.1+0100: 7: x',
  ])
    expect(momentOf(line, now), line).toBe(utc);
  for (const line of [
    '2026-11-29 06:52:13,555 INFO',
    '2026-11-29  6:52:13 0 [Note]',
    'Nov 29 06:52:13 host x',
    '[2026-11-29 06:52:13] x',
  ])
    expect(momentOf(line, now), line).toBe(here);
  expect(momentOf('Dec 31 23:59:59 host x', local(2027, 0, 2, 0, 0, 0))).toBe(
    local(2026, 11, 31, 23, 59, 59),
  );
  for (const line of ['', '  at more', 'Foo 12 12:12:12', '2026-13-45 99:99:99 x', 'line 1'])
    expect(momentOf(line, now), line).toBeUndefined();
});

test('the end that is found is that of looking at every line', async () => {
  tellSeed();
  const next = randomOf(seed);
  const int = (below: number) => Math.floor(next() * below);
  const folder = await mkdtemp(join(tmpdir(), 'zs-moments-'));
  for (let round = 0; round < 50; round++) {
    let moment = 0;
    const lines = Array.from({ length: int(60) }, () => {
      moment += int(3) * 1000;
      const dated = int(3) > 0;
      return {
        moment,
        text: dated
          ? `${new Date(moment).toISOString()} x${'y'.repeat(int(90))}\n`
          : `  at ${'z'.repeat(int(90))}\n`,
        dated,
      };
    });
    const until = int(90) * 1000;
    const late = lines.findIndex((line) => line.dated && line.moment > until);
    const kept = lines
      .slice(0, late < 0 ? lines.length : late)
      .reduce((sum, { text }) => sum + text.length, 0);
    const path = join(folder, 'log');
    await writeFile(path, lines.map(({ text }) => text).join(''));
    await using handle = await open(path);
    const end = await endAt(handle, (await handle.stat()).size, until);
    expect(end, `seed ${seed}, round ${round}`).toBe(lines.some(({ dated }) => dated) ? kept : undefined);
  }
  await rm(folder, { recursive: true });
});

test('times of the command: a day, a time, a span, and what is none', () => {
  expect(periodOf({})).toEqual({});
  expect(periodOf({ since: 'hour' })).toEqual({ span: 'hour' });
  expect(periodOf({ since: '2026-11-29', until: '2026-11-29 14:30:05' })).toEqual({
    since: local(2026, 10, 29, 0, 0, 0),
    until: local(2026, 10, 29, 14, 30, 5),
  });
  for (const since of ['week', '2026-02-30', '2026-11-29 24:00', '2026-11-29 14:60', '29.11.2026', ''])
    expect(() => periodOf({ since }), since).toThrow('--since is hour, day, all, or a time such as');
  expect(() => periodOf({ until: 'hour' })).toThrow('--until is a time such as');
  expect(() => periodOf({ since: '2026-11-29', until: '2026-11-28' })).toThrow(
    '--until is not after --since',
  );
});
