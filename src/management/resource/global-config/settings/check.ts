import { say, type Words } from '../../../../api/words.ts';
import { knownMessages } from '../../../define/known.ts';
import type { Setting } from './kinds.ts';

const UNITS = 'BKMGT';

/** Bytes of `10G`; undefined when it is no size. */
export function bytesOf(text: string): number | undefined {
  const [, digits, unit = 'B'] = /^(\d{1,15})([BKMGT])?$/i.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits) * 1024 ** UNITS.indexOf(unit.toUpperCase());
}

type Rule = (setting: Setting, value: string) => Words | undefined;

const boolean: Rule = ({ type }, value) =>
  type === 'Boolean' && !/^(true|false)$/i.test(value)
    ? say(`${value} is neither true nor false`, `${value} 不是 true 或 false`)
    : undefined;

const isNumber = ({ type }: Setting): boolean => type === 'Integer' || type === 'Long';

const number: Rule = (setting, value) => {
  const most = setting.type === 'Integer' ? 2 ** 31 - 1 : Number.MAX_SAFE_INTEGER;
  if (!isNumber(setting) || (/^-?\d{1,16}$/.test(value) && Math.abs(Number(value)) <= most)) return undefined;
  return say(`${value} is no whole number`, `${value} 不是整数`);
};

const range: Rule = (setting, value) => {
  const { min = -Infinity, max = Infinity } = setting;
  if (!isNumber(setting) || (Number(value) >= min && Number(value) <= max)) return undefined;
  return max === Infinity
    ? say(`${value} is less than ${min}`, `${value} 小于 ${min}`)
    : say(`${value} is not within ${min} to ${max}`, `${value} 不在 ${min} 到 ${max} 之间`);
};

const size: Rule = ({ size, maxSize = '' }, value) => {
  if (size !== true) return undefined;
  const bytes = bytesOf(value);
  if (bytes === undefined) return say(`${value} is no size such as 10G`, `${value} 不是 10G 这样的大小`);
  const most = bytesOf(maxSize) ?? Infinity;
  return bytes > most ? say(`${value} is more than ${maxSize}`, `${value} 大于 ${maxSize}`) : undefined;
};

const values: Rule = ({ values }, value) =>
  values !== undefined && !values.includes(value)
    ? say(`${value} is none of ${values.join(', ')}`, `${value} 不是 ${values.join('、')} 之一`)
    : undefined;

const pattern: Rule = ({ regex }, value) =>
  regex !== undefined && !new RegExp(`^(?:${regex})$`).test(value)
    ? say(`${value} does not match ${regex}`, `${value} 不符合 ${regex}`)
    : undefined;

const url: Rule = ({ of, mayBeNull }, value) =>
  of !== 'url' || (mayBeNull && value === 'null') || /^https?:$/.test(URL.parse(value)?.protocol ?? '')
    ? undefined
    : say(`${value} is no http(s) address`, `${value} 不是 http(s) 地址`);

const messages: Rule = ({ of }, value) => {
  if (of !== 'messages') return undefined;
  const known = new Set(knownMessages().map(({ message }) => message));
  const strange = value
    .split(',')
    .map((each) => each.trim())
    .find((each) => each !== '' && !known.has(each));
  return strange === undefined ? undefined : say(`${strange} is no message`, `${strange} 不是消息类`);
};

const RULES = [boolean, number, range, size, values, pattern, url, messages];

/** What is wrong with a value of a setting, or undefined. */
export function settingProblem(setting: Setting, value: string): Words | undefined {
  if (value === '' && setting.mayBeEmpty) return undefined;
  for (const rule of RULES) {
    const words = rule(setting, value);
    if (words !== undefined) return words;
  }
  return undefined;
}
