import { beforeAll, describe, expect, test } from 'vitest';
import type { NodeModel } from '../../screens/main/model.ts';
import { mainPage } from '../../screens/main/page.ts';
import { type Lang, same } from '../../src/api/words.ts';
import { lineWidth, textOf } from '../../src/tui/text.ts';
import { fixtureFacts, NOW } from '../fixtures/facts.ts';

const SIZES = [
  [80, 24],
  [100, 37],
  [160, 50],
] as const;
const ROLES = ['management', 'compute', 'storage'] as const;

beforeAll(() => {
  process.env.TZ = 'Asia/Shanghai';
});

function draw(model: NodeModel, columns: number, rows: number, lang: Lang = 'en') {
  const page = mainPage({ model, configure() {}, power() {}, shell() {} });
  // The frame keeps the last row for the keys.
  return page.draw({ columns, rows: rows - 1 }, { lang, say: (words) => words[lang], rich: false, now: NOW });
}

describe.each(ROLES)('main screen, %s', (role) => {
  test.each(SIZES)('at %ix%i', async (columns, rows) => {
    const { lines } = draw({ facts: fixtureFacts(role), link: { state: 'up' } }, columns, rows);
    await expect(`${textOf(lines)}\n`).toMatchFileSnapshot(
      `../fixtures/screens/main-${role}-${columns}x${rows}.txt`,
    );
  });

  test.each(SIZES)('fits %ix%i in both languages', (columns, rows) => {
    for (const lang of ['en', 'zh'] as const) {
      const { lines } = draw({ facts: fixtureFacts(role), link: { state: 'up' } }, columns, rows, lang);
      expect(lines.length).toBeLessThanOrEqual(rows - 1);
      for (const line of lines) expect(lineWidth(line)).toBeLessThanOrEqual(columns);
    }
  });
});

test('a controller that does not answer is said above everything, with the time of the figures', () => {
  const link = { state: 'lost', since: NOW - 61_000, why: same('it hangs') } as const;
  const { lines } = draw({ facts: fixtureFacts('compute'), link }, 80, 24);
  expect(textOf(lines).split('\n')[1]).toBe(
    ' ! the controller does not answer (it hangs): figures are from 20:46:30',
  );
});

test('one that was never heard: the node is named by what is known without it, and nothing is claimed', () => {
  const link = { state: 'lost', since: NOW, why: same('nothing listens') } as const;
  const { lines } = draw({ facts: {}, link, self: { role: 'storage', hostname: 'node9' } }, 80, 24);
  const [title, lost] = textOf(lines).split('\n');
  expect(title).toMatch(/^ ZStack - OCFS2 Storage Node - node9 /);
  expect(lost).toBe(' ! the controller does not answer (nothing listens): no figures yet');
  expect(textOf(lines)).not.toContain('nothing wants you');
});

test('before the first figures everything is absent with the reason, nothing is zero', () => {
  const { lines } = draw({ facts: {}, link: { state: 'connecting' } }, 80, 24);
  expect(textOf(lines)).toContain('n/a: not read yet');
  expect(textOf(lines)).not.toMatch(/\b0\b/);
});
