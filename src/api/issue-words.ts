import type { z } from 'zod';
import { same, say, type Words } from './words.ts';

type Issue = z.core.$ZodIssue;
type Of<Code extends Issue['code']> = Extract<Issue, { code: Code }>;

/**
 * What is wrong with an input, in words for people and without the field's name. A schema's own message stands as it
 * was written; the schema library's own texts never do. Of what may be of several kinds the last one counts.
 */
export function issueWords(issue: Issue | undefined): Words {
  if (issue === undefined) return NOT_VALID;
  switch (issue.code) {
    case 'too_small':
      return tooSmall(issue);
    case 'too_big':
      return tooBig(issue);
    case 'invalid_type':
      return wrongType(issue);
    case 'invalid_value':
      return oneOf(issue.values.map(String).join(', '));
    case 'unrecognized_keys':
      return unknownKeys(issue.keys.join(', '));
    case 'invalid_key':
      return issueWords(issue.issues[0]);
    case 'invalid_union':
      return issueWords(issue.errors.at(-1)?.[0]);
    case 'invalid_format':
      return issue.format === 'regex' ? own(issue) : notA(issue.format);
    default:
      return own(issue);
  }
}

function tooSmall({ minimum, origin }: Of<'too_small'>): Words {
  if (origin === 'string' && minimum === 1) return say('must not be empty', '不能为空');
  const unit = UNIT[origin];
  if (unit) return say(`at least ${minimum} ${unit.en}`, `至少 ${minimum} ${unit.zh}`);
  return say(`must be ${minimum} or more`, `不能小于 ${minimum}`);
}

function tooBig({ maximum, origin }: Of<'too_big'>): Words {
  const unit = UNIT[origin];
  if (unit) return say(`at most ${maximum} ${unit.en}`, `最多 ${maximum} ${unit.zh}`);
  return say(`must be ${maximum} or less`, `不能大于 ${maximum}`);
}

const UNIT: Record<string, Words> = {
  string: say('characters', '个字符'),
  array: say('entries', '项'),
};

/** That nothing was given, the library tells by its text alone. */
const wrongType = ({ expected, message }: Of<'invalid_type'>): Words =>
  message.endsWith('received undefined') ? say('is missing', '缺少') : (TYPES[expected] ?? NOT_VALID);

const TYPES: Record<string, Words> = {
  number: say('must be a number', '必须是数字'),
  int: say('must be a whole number', '必须是整数'),
  string: say('must be text', '必须是文本'),
  boolean: say('must be true or false', '必须是 true 或 false'),
  array: say('must be a list', '必须是列表'),
};

const oneOf = (values: string): Words => say(`must be one of ${values}`, `必须是以下之一：${values}`);
const unknownKeys = (keys: string): Words => say(`unknown: ${keys}`, `未知：${keys}`);

const FORMATS: Record<string, Words> = {
  ipv4: say('is not a valid IPv4 address', '不是有效的 IPv4 地址'),
  ipv6: say('is not a valid IPv6 address', '不是有效的 IPv6 地址'),
  cidrv4: say('is not a valid IPv4 address with prefix', '不是有效的 IPv4 网段'),
  cidrv6: say('is not a valid IPv6 address with prefix', '不是有效的 IPv6 网段'),
  url: say('is not a valid URL', '不是有效的 URL'),
};

const notA = (format: string): Words =>
  FORMATS[format] ?? say(`is not a valid ${format}`, `不是有效的 ${format}`);

const NOT_VALID = say('is not valid', '无效');

/** A rule of our own may carry its words in every language; the library's texts all begin alike. */
function own(issue: Issue): Words {
  if (issue.code === 'custom' && issue.params?.words !== undefined) return issue.params.words as Words;
  return /^(Invalid|Unrecognized|Too) /.test(issue.message) ? NOT_VALID : same(issue.message);
}
