import { describe, expect, test, vi } from 'vitest';
import { same } from '../../src/api/words.ts';
import { reader } from '../../src/tui/reader.ts';
import { line } from '../../src/tui/text.ts';
import { Wrapped } from '../../src/tui/wrapped.ts';
import { FakeStage } from '../fakes/stage.ts';

const numbered = (count: number) =>
  Array.from({ length: count }, (_, at) => line(`row ${at + 1} of ${count}`));

function opened(rows: ReturnType<typeof numbered>, follow = false) {
  const stage = new FakeStage();
  stage.open(reader({ title: same('Text'), rows: () => rows, follow }));
  return stage;
}

describe('reader', () => {
  test('opens at its start and says how much is below, then how much is above', () => {
    const stage = opened(numbered(100));
    expect(stage.text()).toContain(' row 1 of 100');
    expect(stage.text()).toMatch(/^ \d+ more below$/m);
    expect(stage.text()).not.toContain('above');
    stage.press('end');
    expect(stage.text()).toContain(' row 100 of 100');
    expect(stage.text()).toMatch(/^ \d+ more above$/m);
  });

  test('what fits says neither', () => expect(opened(numbered(3)).text()).not.toContain('more'));

  test('follows new rows at its end until somebody scrolls up', () => {
    const rows = numbered(100);
    const stage = opened(rows, true);
    expect(stage.text()).toContain('row 100 of');
    rows.push(line('newest'));
    expect(stage.text()).toContain('newest');
    expect(stage.text()).toContain('following the end');
    stage.press('up');
    rows.push(line('unseen'));
    expect(stage.text()).not.toContain('unseen');
    expect(stage.text()).toContain('2 more below');
    stage.press('f');
    expect(stage.text()).toContain('unseen');
  });

  test('finds a word in whatever case, the next one, and says when there is none', async () => {
    const rows = numbered(100).with(60, line('The Needle')).with(80, line('a needle'));
    const stage = opened(rows);
    stage.text();
    stage.press('n');
    expect(stage.said).toContain('nothing is looked for');
    stage.press('/');
    stage.type('needle');
    stage.press('enter');
    await vi.waitFor(() => expect(stage.depth).toBe(1), { timeout: 15_000 });
    expect(stage.text()).toContain('The Needle');
    stage.press('n');
    expect(stage.text()).toContain('a needle');
    stage.press('n');
    expect(stage.text()).toContain('The Needle');
    stage.press('N');
    expect(stage.text()).toContain('a needle');
  });
});

describe('rows that are wrapped', () => {
  test('are wrapped anew for another width, the oldest go', () => {
    const rows = new Wrapped(2, 2);
    rows.add([line('gone'), line('aa bb'), line('cc dd')]);
    expect(rows.rows(5)).toHaveLength(2);
    expect(rows.rows(4)).toHaveLength(4);
    rows.add([line('e')]);
    expect(
      rows
        .rows(4)
        .flat()
        .map(({ text }) => text.trim()),
    ).not.toContain('aa');
    expect(rows.rows(4)).toHaveLength(3);
  });
});
