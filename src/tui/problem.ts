import type { z } from 'zod';
import { Fault } from '../api/fault.ts';
import { same, say, type Words } from '../api/words.ts';

type Issue = z.core.$ZodIssue;

const UNIT: Record<string, Words> = {
  string: say('characters', '个字符'),
  array: say('entries', '项'),
};

function tooSmall(issue: Extract<Issue, { code: 'too_small' }>): Words {
  const least = String(issue.minimum);
  if (issue.origin === 'string' && issue.minimum === 1) return say('must not be empty', '不能为空');
  const unit = UNIT[issue.origin];
  if (unit) return say(`at least ${least} ${unit.en}`, `至少 ${least} ${unit.zh}`);
  return say(`must be ${least} or more`, `不能小于 ${least}`);
}

function tooBig(issue: Extract<Issue, { code: 'too_big' }>): Words {
  const most = String(issue.maximum);
  const unit = UNIT[issue.origin];
  if (unit) return say(`at most ${most} ${unit.en}`, `最多 ${most} ${unit.zh}`);
  return say(`must be ${most} or less`, `不能大于 ${most}`);
}

function wrongType(issue: Extract<Issue, { code: 'invalid_type' }>): Words {
  if (issue.expected === 'number' || issue.expected === 'int') return say('must be a number', '必须是数字');
  return issue.input === undefined ? say('is missing', '缺少') : same(issue.message);
}

/** What an issue says, without the field's name. A schema's own message stands as it was written. */
function issueWords(issue: Issue): Words {
  switch (issue.code) {
    case 'too_small':
      return tooSmall(issue);
    case 'too_big':
      return tooBig(issue);
    case 'invalid_type':
      return wrongType(issue);
    case 'invalid_format':
      return issue.format === 'regex' ? same(issue.message) : notA(issue.format);
    case 'custom':
      // A rule of our own carries its words in every language.
      return (issue.params?.words as Words | undefined) ?? same(issue.message);
    default:
      return same(issue.message);
  }
}

const FORMATS: Record<string, Words> = {
  ipv4: say('is not a valid IPv4 address', '不是有效的 IPv4 地址'),
  ipv6: say('is not a valid IPv6 address', '不是有效的 IPv6 地址'),
  cidrv4: say('is not a valid IPv4 address with prefix', '不是有效的 IPv4 网段'),
  cidrv6: say('is not a valid IPv6 address with prefix', '不是有效的 IPv6 网段'),
  url: say('is not a valid URL', '不是有效的 URL'),
};

const notA = (format: string): Words =>
  FORMATS[format] ?? say(`is not a valid ${format}`, `不是有效的 ${format}`);

/** The field of a form that an issue is about: the longest name that its path begins with. */
const fieldOf = (path: readonly PropertyKey[], names: readonly string[]): string | undefined =>
  path.map((_, index) => path.slice(0, path.length - index).join('.')).find((name) => names.includes(name));

/** The first thing wrong with an input, as a fault that names the form's field. */
export function problemOf(issues: readonly Issue[], labels: ReadonlyMap<string, Words>): Fault {
  const [issue] = issues;
  if (issue === undefined) return new Fault('usage', say('wrong input', '输入有误'));
  const field = fieldOf(issue.path, [...labels.keys()]);
  const words = issueWords(issue);
  const label = labels.get(field ?? '') ?? same(issue.path.join('.'));
  const named = label.en === '' ? words : say(`${label.en}: ${words.en}`, `${label.zh}：${words.zh}`);
  return new Fault('usage', named, field === undefined ? {} : { field });
}
