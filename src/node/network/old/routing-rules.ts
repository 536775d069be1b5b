import { prefixOf, type Version, versionOf } from '../change/schema/address.ts';
import { isKernelName } from '../change/schema/names.ts';
import { type RouteContext, tableOf, wordLines } from './routes.ts';

/** Numbers for the rules that give none: the kernel counts down from there, so that a later one goes before. */
export interface RuleNumbers {
  next: number;
}
export const FIRST_RULE = 32765;

/** Words of `ip rule` for one thing, by NetworkManager's. */
const SAME: Record<string, string> = {
  priority: 'priority',
  pref: 'priority',
  preference: 'priority',
  order: 'priority',
  lookup: 'table',
  table: 'table',
  from: 'from',
  to: 'to',
  iif: 'iif',
  dev: 'iif',
  oif: 'oif',
  fwmark: 'fwmark',
  tos: 'tos',
  dsfield: 'tos',
  ipproto: 'ipproto',
  sport: 'sport',
  dport: 'dport',
  suppress_prefixlength: 'suppress_prefixlength',
};
const VALUES: Record<string, RegExp> = {
  priority: /^\d{1,9}$/,
  iif: /^[^\s/:]{1,15}$/,
  oif: /^[^\s/:]{1,15}$/,
  fwmark: /^(0x[0-9a-f]{1,8}|\d{1,10})(\/(0x[0-9a-f]{1,8}|\d{1,10}))?$/i,
  tos: /^0x[0-9a-f]{1,2}$/i,
  ipproto: /^\d{1,3}$/,
  sport: /^\d{1,5}(-\d{1,5})?$/,
  dport: /^\d{1,5}(-\d{1,5})?$/,
  suppress_prefixlength: /^\d{1,3}$/,
};

/** The rules of a file as NetworkManager's files have them, or its first line that is not understood. */
export function rulesOf(text: string, context: RouteContext, numbers: RuleNumbers): string[] | string {
  const rules: string[] = [];
  for (const words of wordLines(text)) {
    const rule = ruleOf(words, context, numbers);
    if (rule === undefined) return words.join(' ');
    rules.push(rule);
  }
  return rules;
}

function ruleOf(given: readonly string[], context: RouteContext, numbers: RuleNumbers): string | undefined {
  const words = [...given];
  if (words[0] === 'add') words.shift();
  const said = new Map<string, string>();
  while (words.length > 0) {
    const word = words.shift() ?? '';
    if (word === 'not') {
      said.set('not', '');
      continue;
    }
    const name = Object.hasOwn(SAME, word) ? (SAME[word] ?? '') : '';
    const value = wordValue(name, words.shift() ?? '', context);
    if (value === undefined || said.has(name)) return undefined;
    said.set(name, value);
  }
  if (!said.has('table')) return undefined;
  return textOf(said, context.version, numbers);
}

function wordValue(name: string, value: string, { version, tables }: RouteContext): string | undefined {
  if (name === 'table') return tableOf(value, tables)?.toString();
  // The kernel may give such a name to another NIC at the next boot.
  if ((name === 'iif' || name === 'oif') && isKernelName(value)) return undefined;
  if (name === 'from' || name === 'to') return value === 'all' ? '' : netOf(value, version);
  return VALUES[name]?.test(value) ? value : undefined;
}

function netOf(text: string, version: Version): string | undefined {
  const [address = '', length, more] = text.split('/');
  if (more !== undefined || versionOf(address) !== version) return undefined;
  if (length === undefined) return address;
  const prefix = prefixOf(length, version);
  return typeof prefix === 'number' ? `${address}/${prefix}` : undefined;
}

/** NetworkManager wants a number for each rule, and a source when there is neither source nor destination. */
function textOf(said: ReadonlyMap<string, string>, version: Version, numbers: RuleNumbers): string {
  const every = version === 4 ? '0.0.0.0/0' : '::/0';
  const priority = said.get('priority') ?? String(numbers.next--);
  const from = said.get('from') || (said.get('to') ? '' : every);
  const rest = [...said].filter(([name, value]) => !ORDERED.has(name) && value !== '');
  return [
    `priority ${priority}`,
    ...(said.has('not') ? ['not'] : []),
    ...(from === '' ? [] : [`from ${from}`]),
    ...(said.get('to') ? [`to ${said.get('to')}`] : []),
    ...rest.map(([name, value]) => `${name} ${value}`),
    `table ${said.get('table')}`,
  ].join(' ');
}
const ORDERED = new Set(['priority', 'not', 'from', 'to', 'table']);

export const ruleKeys = (rules: readonly string[]): Record<string, string> =>
  Object.fromEntries(rules.map((rule, at) => [`routing-rule${at + 1}`, rule]));
