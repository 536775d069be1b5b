import { expect, test } from 'vitest';
import { apiReference } from '../../scripts/pack/api-reference.mts';
import { APIS } from '../../src/management/resource/definitions.ts';

const page = apiReference('2.2.0');
const sectionOf = (name: string) => page.split(`<h3 id="${name}">`)[1]?.split('<h3 ')[0] ?? '';

test('every API is in the reference once, with its message, place and parameters', () => {
  for (const { name, message, rest, params, kind } of APIS) {
    expect(page.split(`id="${name}"`), name).toHaveLength(2);
    const section = sectionOf(name);
    expect(section).toContain(message);
    if (rest?.path) expect(section).toContain(`/zstack/v1${rest.path}`);
    if (kind === 'query') continue;
    for (const [param, { hidden }] of Object.entries(params))
      expect(section.includes(`<code>${param}</code>`), `${name} ${param}`).toBe(hidden !== true);
  }
});

test('limits, rights and secrets are told', () => {
  expect(sectionOf('CreateZone')).toMatch(
    /name<\/code><\/td><td>String<\/td><td>needed<\/td><td>at most 255 characters/,
  );
  expect(sectionOf('CreateZone')).toContain('<td>admin</td>');
  expect(sectionOf('LogInByAccount')).toContain('without a session');
  expect(sectionOf('LogInByAccount')).toContain('secret');
  expect(sectionOf('QueryZone')).toContain('accounts and their users');
});

test('what stands in it is text', () => {
  expect(page).not.toMatch(/<(?!\/?(html|meta|title|style|h1|h2|h3|p|code|nav|a|table|tr|td|th)\b|!doctype)/);
});
