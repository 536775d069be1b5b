import { say, type Words } from '../../api/words.ts';
import type { Field } from '../define/fields.ts';
import { badField } from '../define/refusal.ts';

const UUID = /^[0-9a-f]{12}[1-5][0-9a-f]{3}[89ab][0-9a-f]{15}$/i;

type Rule = (field: Field, value: string) => Words | undefined;

const length: Rule = ({ maxLength }, value) =>
  maxLength !== undefined && value.length > maxLength
    ? say(
        `${value.length} characters, at most ${maxLength} are allowed`,
        `${value.length} 个字符，最多 ${maxLength} 个`,
      )
    : undefined;

const values: Rule = ({ values }, value) =>
  values !== undefined && oneOfThem(values, value) === undefined
    ? say(`${value} is none of ${values.join(', ')}`, `${value} 不是 ${values.join('、')} 之一`)
    : undefined;

const empty: Rule = ({ emptyString }, value) =>
  emptyString === false && value === '' ? say('must not be empty', '不能为空') : undefined;

const nul: Rule = (_, value) =>
  value.includes('\0') ? say('must not contain a NUL', '不能包含 NUL 字符') : undefined;

const RULES = [length, values, empty, nul];

/** The value as it is written in the list of values; whoever sends it may write it in any case. */
export const oneOfThem = (values: readonly string[], value: string): string | undefined =>
  values.find((known) => known.toLowerCase() === value.toLowerCase());

function textProblem(field: Field, value: string): Words | undefined {
  for (const rule of RULES) {
    const words = rule(field, value);
    if (words !== undefined) return words;
  }
  return undefined;
}

function rangeProblem({ min = -Infinity, max = Infinity }: Field, value: number): Words | undefined {
  if (value >= min && value <= max) return undefined;
  const range = `${min === -Infinity ? '' : min}..${max === Infinity ? '' : max}`;
  return say(`${value} is not within ${range}`, `${value} 不在 ${range} 之内`);
}

function listProblem(field: Field, value: readonly string[]): Words | undefined {
  if (field.nonEmpty && value.length === 0) return say('must have an element', '不能为空列表');
  return value.map((item) => textProblem(field, item)).find((words) => words !== undefined);
}

function problem(field: Field, value: unknown): Words | undefined {
  if (value === undefined) return field.optional ? undefined : say('is missing', '缺少该字段');
  if (typeof value === 'string') return textProblem(field, value);
  if (typeof value === 'number') return rangeProblem(field, value);
  if (Array.isArray(value)) return listProblem(field, value);
  return field.nonEmpty && typeof value === 'object' && value !== null && Object.keys(value).length === 0
    ? say('must not be empty', '不能为空')
    : undefined;
}

/** Checks one parameter against its limits and answers it as it is written in its list of values. Throws `usage`. */
export function checked(name: string, field: Field, value: unknown): unknown {
  const words = problem(field, value);
  if (words !== undefined) throw badField(name, words);
  return typeof value === 'string' && field.values !== undefined ? oneOfThem(field.values, value) : value;
}

/** A uuid that a client chooses for what it creates. Throws `usage`. */
export function checkNewUuid(name: string, value: string): void {
  if (!UUID.test(value))
    throw badField(name, say('is no uuid of 32 hex digits', '不是 32 位十六进制的 uuid'));
}
