import { describe, expect, test, vi } from 'vitest';
import { Fault } from '../../src/api/fault.ts';
import { same, say } from '../../src/api/words.ts';
import { confirm } from '../../src/tui/confirm.ts';
import { footerLines, keyLabel } from '../../src/tui/footer.ts';
import { compose } from '../../src/tui/layers.ts';
import { list } from '../../src/tui/list.ts';
import { type MenuEntry, menu } from '../../src/tui/menu.ts';
import { faultMessage, message } from '../../src/tui/message.ts';
import { phrase, phraseProblem } from '../../src/tui/phrase.ts';
import { planView } from '../../src/tui/plan-view.ts';
import { progress } from '../../src/tui/progress.ts';
import { line, textOf } from '../../src/tui/text.ts';
import { FakeStage, lookIn } from '../fakes/stage.ts';

const showing = (...pages: Parameters<FakeStage['open']>[0][]) => {
  const stage = new FakeStage();
  for (const page of pages) stage.open(page);
  return stage;
};

describe('menu', () => {
  const run = vi.fn();
  const entries: MenuEntry[] = Array.from({ length: 30 }, (_, index) => ({
    label: same(`Entry ${index}`),
    help: [same(`help of ${index}`)],
    value: () => [line(`value of ${index}`)],
    ...(index === 2 && { disabled: () => same('not on this node') }),
    run: () => run(index),
  }));
  const page = () => menu({ title: same('Menu'), entries });

  test('shows help and present value of the highlighted entry', () => {
    const stage = showing(page());
    stage.press('down', 'j', 'k');
    expect(stage.text()).toContain(' > Entry 1');
    expect(stage.text()).toContain('help of 1');
    expect(stage.text()).toContain('value of 1');
    stage.press('enter');
    expect(run).toHaveBeenLastCalledWith(1);
  });

  test('what does not fit beside an entry is counted', () => {
    const value = () => Array.from({ length: 40 }, (_, at) => line(`value ${at}`));
    const stage = showing(
      menu({ title: same('Menu'), entries: [{ label: same('E'), help: [], value, run }] }),
    );
    const shown = textOf(stage.top.draw({ columns: 80, rows: 24 }, stage.look).lines).trimEnd();
    expect(shown).toMatch(/value 16\n.*23 more below$/);
  });

  test('tells which entry is highlighted, also when what lay over the menu is closed', () => {
    const told: string[] = [];
    const stage = showing(
      menu({ title: same('Menu'), entries, highlighted: ({ label }) => told.push(label.en) }),
    );
    stage.press('down');
    const over = message({ title: same('M'), lines: [] });
    stage.open(over);
    stage.close(over);
    expect(told).toEqual(['Entry 0', 'Entry 1', 'Entry 1']);
  });

  test('says why an entry does not open', () => {
    const stage = showing(page());
    stage.press('down', 'down');
    expect(stage.text()).toContain('! not on this node');
    run.mockClear();
    stage.press('enter');
    expect(run).not.toHaveBeenCalled();
    expect(stage.said).toBe('not on this node');
  });

  test('scrolls to its ends and no further', () => {
    const stage = showing(page());
    stage.press('end');
    expect(stage.text()).toContain(' > Entry 29');
    stage.press('down', 'pagedown');
    expect(stage.text()).toContain(' > Entry 29');
    stage.press('home', 'up');
    expect(stage.text()).toContain(' > Entry 0');
  });
});

describe('list', () => {
  test('opens the selected row, also after rows went away', () => {
    let rows = ['a', 'b', 'c'];
    const open = vi.fn();
    const page = list({
      title: same('L'),
      rows: () => rows,
      row: (name) => line(name),
      open,
      empty: same('none'),
    });
    const stage = showing(page);
    stage.press('end');
    expect(stage.text()).toBe('  a\n  b\n> c');
    rows = ['a', 'b'];
    expect(stage.text()).toBe('  a\n> b');
    stage.press('enter');
    expect(open).toHaveBeenCalledExactlyOnceWith('b');
  });

  test('without rows says so, and Enter tells it too', () => {
    const page = list({
      title: same('L'),
      rows: () => [],
      row: (name) => line(name),
      open: vi.fn(),
      empty: same('no NICs'),
    });
    const stage = showing(page);
    expect(stage.text()).toBe('no NICs');
    stage.press('enter');
    expect(stage.said).toBe('no NICs');
  });

  test('shows where one is when not all rows fit', () => {
    const rows = Array.from({ length: 50 }, (_, index) => `row ${index}`);
    const page = list({
      title: same('L'),
      header: () => line('name'),
      rows: () => rows,
      row: (name) => line(name),
      empty: same(''),
    });
    const stage = showing(page);
    const area = { columns: 20, rows: 6 };
    stage.top.draw(area, stage.look);
    stage.press('pagedown');
    const [header, first] = stage.top
      .draw(area, stage.look)
      .lines.map((row) => row.map(({ text }) => text).join(''));
    expect(header).toContain('2-6/50');
    expect(first).toContain('row 1');
  });
});

describe('confirm', () => {
  const asked = () => {
    const yes = vi.fn();
    const no = vi.fn();
    return { yes, no, stage: showing(confirm({ title: same('Sure?'), lines: [same('really?')], yes, no })) };
  };

  test.each(['y', 'Y'])('%s is yes', (key) => {
    const { stage, yes, no } = asked();
    stage.press(key);
    expect([yes.mock.calls.length, no.mock.calls.length, stage.depth]).toEqual([1, 0, 0]);
  });

  test.each(['n', 'N', 'escape'])('%s is no', (key) => {
    const { stage, yes, no } = asked();
    stage.press(key);
    expect([yes.mock.calls.length, no.mock.calls.length, stage.depth]).toEqual([0, 1, 0]);
  });

  test('Enter is neither', () => expect(() => asked().stage.press('enter')).toThrow('nothing is bound'));
});

describe('phrase', () => {
  test.each([
    ['reset zstack', undefined],
    ['', 'Nothing typed'],
    ['Reset zstack', 'Capital and small'],
    [' reset zstack', 'before or after'],
    ['reset  zstack', 'too many spaces'],
    ['resetzstack', 'spaces differ'],
    ['reset zstack drop database', 'must be reset zstack'],
    ['reset zstаck', 'must be reset zstack'],
  ])('%j', (typed, words) => {
    const problem = phraseProblem(typed, 'reset zstack')?.en;
    if (words === undefined) expect(problem).toBeUndefined();
    else expect(problem).toContain(words);
  });

  test('runs only once it is right', () => {
    const yes = vi.fn();
    const stage = showing(
      phrase({ title: same('T'), lines: [same('dark')], phrase: 'REBOOT', danger: true, yes }),
    );
    stage.type('reboot');
    stage.press('enter');
    expect(stage.text()).toContain('Capital and small');
    expect(yes).not.toHaveBeenCalled();
    stage.press('C-u');
    stage.type('REBOOT');
    stage.press('enter');
    expect(yes).toHaveBeenCalledOnce();
    expect(yes).toHaveBeenCalledWith('');
    expect(stage.depth).toBe(0);
  });

  test('takes a reason, and says when it is too long for the record', () => {
    const yes = vi.fn();
    const stage = showing(phrase({ title: same('T'), lines: [], phrase: 'REBOOT', yes }));
    stage.type('REBOOT');
    stage.press('tab');
    stage.type(`disk of slot 3 ${'x'.repeat(200)}`);
    stage.press('enter');
    expect(stage.text()).toContain('longer than 200 characters');
    stage.press('C-u');
    stage.type(' disk of slot 3 ');
    stage.press('up');
    stage.press('enter');
    expect(yes).toHaveBeenCalledWith('disk of slot 3');
  });

  test('its fields stay in sight under a long text, which scrolls', () => {
    const lines = Array.from({ length: 60 }, (_, at) => same(`row ${at}`));
    const stage = showing(phrase({ title: same('T'), lines, phrase: 'REBOOT', yes: vi.fn() }));
    const area = { columns: 40, rows: 16 };
    const drawn = () => stage.top.draw(area, stage.look);
    expect(drawn().lines.length).toBeLessThanOrEqual(area.rows);
    stage.type('R');
    const { row = 0 } = drawn().cursor ?? {};
    expect(textOf([drawn().lines[row] ?? []])).toMatch(/^R$/);
    expect(textOf(drawn().lines)).toContain('row 0\n');
    stage.press('pagedown');
    expect(textOf(drawn().lines)).not.toContain('row 0\n');
  });
});

describe('message', () => {
  test('says what went wrong and what to do', () => {
    const fault = new Fault('unavailable', same('no libvirt'), { next: same('install it') });
    const stage = showing(faultMessage(fault));
    expect(stage.top.title.en).toBe('Not available');
    expect(stage.text()).toBe('no libvirt\n\ninstall it');
  });

  test('scrolls when it is long', () => {
    const lines = Array.from({ length: 100 }, (_, index) => same(`row ${index}`));
    const stage = showing(message({ title: same('M'), lines }));
    const area = { columns: 40, rows: 10 };
    stage.top.draw(area, stage.look);
    stage.press('end');
    const text = stage.top.draw(area, stage.look).lines.map((row) => row.map(({ text }) => text).join(''));
    expect(text.at(-2)).toBe('row 99');
  });
});

describe('plan', () => {
  const plan = {
    title: same('Rename'),
    steps: [{ type: 'x', words: same('down') }],
    warnings: [same('it goes down')],
  };

  test('shows steps and warnings, then asks', () => {
    const yes = vi.fn();
    const stage = showing(planView({ plan, yes }));
    expect(stage.text()).toBe(' 1. down\n\n  ! it goes down\n\nMake this change?');
    stage.press('Y');
    expect(yes).toHaveBeenCalledWith('');
  });

  test('takes a reason and shows it before it asks', async () => {
    const yes = vi.fn();
    const stage = showing(planView({ plan, yes }));
    stage.press('r');
    stage.type('new switch');
    stage.press('enter');
    await vi.waitFor(() => expect(stage.depth).toBe(1), { timeout: 15_000 });
    expect(stage.text()).toMatch(/Reason: new switch\n\nMake this change\?$/);
    stage.press('y');
    expect(yes).toHaveBeenCalledWith('new switch');
  });

  test('shows every step, and scrolls when they are more than the window holds', () => {
    const steps = Array.from({ length: 40 }, (_, at) => ({ type: 'x', words: same(`step ${at + 1}`) }));
    const stage = showing(planView({ plan: { ...plan, steps }, yes: vi.fn() }));
    const area = { columns: 40, rows: 10 };
    const shown = () => textOf(stage.top.draw(area, stage.look).lines);
    expect(textOf(stage.top.draw({ columns: 40, rows: 60 }, stage.look).lines)).toContain('40. step 40');
    expect(shown()).toMatch(/^35 more below$/m);
    stage.press('end');
    expect(shown()).toContain('Make this change?');
    expect(shown()).toMatch(/^35 more above$/m);
  });

  test('shown again it says why, and keeps the reason that was given', () => {
    const yes = vi.fn();
    const before = { words: same('it is another one now'), why: 'new switch' };
    const stage = showing(planView({ plan, before, yes }));
    expect(stage.text()).toMatch(/^it is another one now\n\n 1\. down(?:.|\n)*Reason: new switch/);
    stage.press('y');
    expect(yes).toHaveBeenCalledWith('new switch');
    const nothing = showing(planView({ plan: { ...plan, steps: [] }, before, yes }));
    expect(nothing.text()).toBe('it is another one now\nit goes down');
  });

  test('with nothing to do says so', () => {
    const stage = showing(planView({ plan: { ...plan, steps: [], warnings: [] }, yes: vi.fn() }));
    expect(stage.text()).toContain('Nothing would change.');
  });
});

describe('progress', () => {
  test('steps are done when the next begins', () => {
    const shown = progress({ title: same('P') });
    const stage = showing(shown.page);
    shown.step(same('first'), 0.5);
    shown.line(line('output'));
    shown.step(same('second'));
    expect(stage.text()).toMatch(/first +done\noutput\nsecond +\.\.\./);
    shown.done(same('all well'));
    expect(stage.text()).toMatch(/second +done/);
    expect(stage.text()).toContain('all well');
    stage.press('enter');
    expect(stage.depth).toBe(0);
  });

  test('a failure marks the step that ran, and says what to do', () => {
    const shown = progress({ title: same('P') });
    const stage = showing(shown.page);
    shown.step(same('first'));
    shown.failed(new Fault('failed', same('broken'), { next: same('try again') }));
    expect(stage.text()).toMatch(/first +failed/);
    expect(stage.text()).toContain('! broken\ntry again');
  });

  test('the same step again is no new one', () => {
    const shown = progress({ title: same('P') });
    const stage = showing(shown.page);
    shown.step(same('copy'), 0.1);
    shown.step(same('copy'), 0.2);
    expect(stage.text().match(/copy/g)).toHaveLength(1);
    expect(stage.text()).toContain('20%');
  });

  test('Esc stops what can be stopped', () => {
    const stop = vi.fn();
    const stage = showing(progress({ title: same('P'), stop }).page);
    stage.press('escape');
    expect(stop).toHaveBeenCalledOnce();
    expect(stage.depth).toBe(1);
  });

  test('Esc leaves it running in the background', () => {
    const background = vi.fn();
    const shown = progress({ title: same('P'), background });
    const stage = showing(shown.page);
    stage.press('escape');
    expect(background).toHaveBeenCalledOnce();
    expect(stage.depth).toBe(0);
    shown.step(say('later', '之后'));
    shown.done(same('all well'));
    expect(stage.depth).toBe(0);
    expect(stage.said).toBe('P: all well');
  });

  test('what was left running and fails is shown again', () => {
    const shown = progress({ title: same('P'), background: () => {} });
    const stage = showing(shown.page);
    stage.press('escape');
    shown.failed(new Fault('failed', same('broken'), { next: same('try again') }));
    expect(stage.text()).toContain('! broken\ntry again');
    stage.press('enter');
    expect(stage.depth).toBe(0);
  });

  test('output without an end is kept within bounds', () => {
    const shown = progress({ title: same('P') });
    const stage = showing(shown.page);
    for (let row = 0; row < 5000; row++) shown.line(line(`reply ${row}`));
    expect(stage.text()).toContain('reply 4999');
    expect(stage.text()).not.toContain('reply 3999');
  });
});

test('keys are written as on keyboards', () => {
  const names = ['f2', 'enter', 'escape', 'S-tab', 'C-l', 'pageup', 'k', 'M-x'];
  expect(names.map(keyLabel)).toEqual(['F2', 'Enter', 'Esc', 'Shift+Tab', 'Ctrl+L', 'PgUp', 'k', 'Alt+X']);
});

describe('keys at the foot', () => {
  const bindings = ['One', 'Two', 'Three', 'Help'].map((label) => ({
    keys: [label === 'Help' ? '?' : (label[0] ?? '')],
    label: same(label),
    help: same(label),
    run() {},
  }));
  const rows = (width: number, most: number) => textOf(footerLines(bindings, '?', lookIn(), width, most));

  test('stand in one row where they fit', () =>
    expect(rows(80, 2)).toBe('<O> One  <T> Two  <T> Three  <?> Help'));
  test('fold into a second one', () => expect(rows(20, 2)).toBe('<O> One  <T> Two\n<T> Three  <?> Help'));
  test('what does not fit even so is behind the help', () => {
    expect(rows(20, 1)).toBe('<?> more keys');
    expect(rows(26, 1)).toBe('<O> One  <?> more keys');
    expect(rows(14, 2)).toBe('<O> One\n<?> more keys');
  });
});

test.each([
  ['words', say('power off', '关机'), 'Power off'],
  ['a name', same('web'), 'web'],
])('the title of a window begins with a capital letter, unless it is a name: %s', (_, title, shown) => {
  const pages = [message({ title, lines: [] })];
  const scene = { pages, common: [], notice: undefined, byKey: false };
  const { layers } = compose(scene, { columns: 80, rows: 24 }, lookIn());
  expect(layers[0]?.frame?.title).toBe(shown);
});
