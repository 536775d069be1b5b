import { describe, expect, test } from 'vitest';
import { entriesOf } from '../../screens/index.ts';
import { textOf } from '../../src/tui/text.ts';
import { lookIn } from '../fakes/stage.ts';
import { fixtureFacts, NOW } from '../fixtures/facts.ts';

describe.each(['management', 'compute', 'storage'] as const)('the menu of a %s node', (role) => {
  const model = { facts: fixtureFacts(role), link: { state: 'up' } } as const;
  const entries = entriesOf(role, model).map((entry) => [entry.label.en, entry] as const);

  test.each(entries)('%s shows what is set now', (_label, entry) => {
    for (const lang of ['en', 'zh'] as const) {
      const shown = textOf(entry.value?.(model, lookIn(lang, NOW), 36) ?? []).trim();
      expect(entry.read !== undefined || shown !== '').toBe(true);
    }
  });
});
