import { say } from '../../api/words.ts';
import type { Field } from '../define/fields.ts';
import { badField, Refusal } from '../define/refusal.ts';

/** The words of comparisons, as they stand in a condition. */
export const OPERATORS = [
  '=',
  '!=',
  '>',
  '>=',
  '<',
  '<=',
  'in',
  'not in',
  'like',
  'not like',
  'is null',
  'is not null',
] as const;
export type Operator = (typeof OPERATORS)[number];

export interface Condition {
  readonly name: string;
  readonly op: Operator;
  readonly value: string;
}

/** What a statement can hold: engines limit the depth of an expression and the values in a statement. */
export const MOST_CONDITIONS = 300;
export const MOST_VALUES = 10_000;
const LONGEST_PATTERN = 4_096;

/** Conditions with these are true of rows, too, where nothing is. */
export const WITHOUT_VALUE: readonly Operator[] = ['is null', 'is not null'];

const isOperator = (word: string): word is Operator => (OPERATORS as readonly string[]).includes(word);

/** One condition as a client gives it. Throws `usage`. */
function conditionOf(raw: unknown): Condition {
  const { name, op, value } = (typeof raw === 'object' && raw !== null ? raw : {}) as Record<string, unknown>;
  if (typeof name !== 'string' || typeof op !== 'string')
    throw badField('conditions', say('each has a name and an op', '每个条件都要有 name 和 op'));
  const word = op.trim().toLowerCase().replace(/\s+/g, ' ');
  if (!isOperator(word)) throw badField('conditions', say(`${op} is no operator`, `${op} 不是条件运算符`));
  const text = ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : undefined;
  if (text === undefined && !WITHOUT_VALUE.includes(word))
    throw badField('conditions', say(`${name} ${op} wants a value`, `${name} ${op} 缺少值`));
  return { name: name.trim(), op: word, value: text ?? '' };
}

/** The conditions of a call; none when there are none. Throws `usage`. */
export function conditionsOf(raw: unknown): Condition[] {
  if (raw === undefined || raw === null) return [];
  if (!Array.isArray(raw)) throw badField('conditions', say('is no list', '不是列表'));
  if (raw.length > MOST_CONDITIONS)
    throw badField(
      'conditions',
      say(
        `${raw.length}, at most ${MOST_CONDITIONS} are allowed`,
        `共 ${raw.length} 个，最多 ${MOST_CONDITIONS} 个`,
      ),
    );
  const conditions = raw.map(conditionOf);
  const values = conditions.reduce((sum, { value }) => sum + value.split(',').length, 0);
  if (values > MOST_VALUES)
    throw badField(
      'conditions',
      say(
        `${values} values, at most ${MOST_VALUES} are allowed`,
        `共 ${values} 个值，最多 ${MOST_VALUES} 个`,
      ),
    );
  return conditions;
}

const unreadable = (name: string, value: string, type: string): Refusal =>
  new Refusal(
    'SYS.1000',
    'usage',
    say(`condition ${name}: ${value} is no ${type}`, `条件 ${name}：${value} 不是 ${type}`),
  );

function number(name: string, value: string): number {
  const found = Number(value);
  if (!/^\s*[+-]?\d+\s*$/.test(value) || !Number.isSafeInteger(found))
    throw unreadable(name, value, 'number');
  return found;
}

function boolean(name: string, value: string): number {
  const word = value.trim().toLowerCase();
  if (word !== 'true' && word !== 'false') throw unreadable(name, value, 'boolean');
  return word === 'true' ? 1 : 0;
}

/** `2017-10-15 13:06:29` in the machine's zone. */
function moment(name: string, value: string): number {
  const [, day, clock] = /^\s*(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.\d+)?\s*$/.exec(value) ?? [];
  const time = day === undefined ? Number.NaN : new Date(`${day}T${clock}`).getTime();
  if (Number.isNaN(time)) throw unreadable(name, value, 'date such as 2017-10-15 13:06:29');
  return time;
}

function text(name: string, value: string, { values }: Pick<Field, 'values'>): string {
  if (values !== undefined && !values.includes(value))
    throw unreadable(name, value, `one of ${values.join(', ')}`);
  if (value.includes('\0')) throw unreadable(name, 'NUL', 'text');
  return value;
}

/** A condition's value as its field is stored. Throws SYS.1000. */
export function storedValue(name: string, value: string, field: Field): string | number {
  if (field.type === 'Date') return moment(name, value);
  if (field.type === 'Boolean') return boolean(name, value);
  return field.type === 'Integer' || field.type === 'Long' ? number(name, value) : text(name, value, field);
}

/** The values of `in`, split at commas. Throws SYS.1000. */
export const valuesOf = ({ name, value }: Condition, field: Field): (string | number)[] =>
  value.split(',').map((part) => storedValue(name, part.trim(), field));

/** In patterns of the engines; clients write a backslash. */
export const ESCAPE = '|';

/** A pattern of `like`: `%` stands for any text, `_` for any character, what follows a backslash for itself. */
export function patternOf({ name, value }: Condition, field: Field): string {
  if (field.type !== 'String')
    throw badField(
      'conditions',
      say(`${name} is no text, like does not do`, `${name} 不是文本，不能用 like`),
    );
  if (value.length > LONGEST_PATTERN)
    throw badField('conditions', say(`the value of ${name} is too long`, `${name} 的值太长`));
  return text(name, value, {}).replace(/\\([\s\S])|[|\\]/g, (whole, escaped) => ESCAPE + (escaped ?? whole));
}
