import { say } from '../../../api/words.ts';
import { NOT_UNDERSTOOD, type Problem, valueWords } from './problem.ts';
import type { OldFiles } from './read.ts';
import { type OldRoute, routesOf } from './routes.ts';
import { type RuleNumbers, rulesOf } from './routing-rules.ts';
import type { Unit } from './units.ts';

export interface RestLines {
  routes: { 4: OldRoute[]; 6: OldRoute[] };
  rules: { 4: string[]; 6: string[] };
  problems: Problem[];
}

/** Routes and rules that stand in files of their own. */
export function linesOf(
  unit: Unit,
  { files, numbers }: { files: OldFiles; numbers: RuleNumbers },
): RestLines {
  const found: RestLines = { routes: { 4: [], 6: [] }, rules: { 4: [], 6: [] }, problems: [] };
  for (const file of unit.rest) {
    const kind = /^(route|rule|keys)/.exec(file)?.[0];
    const version = /^\w+6-/.test(file) ? 6 : 4;
    const context = { version, device: unit.device, tables: files.tables } as const;
    const text = files.scripts.get(file)?.text;
    if (text === undefined || text.includes('\0') || kind === 'keys') {
      found.problems.push({ file, words: NOT_UNDERSTOOD });
      continue;
    }
    const lines = kind === 'route' ? routesOf(text, context) : rulesOf(text, context, numbers);
    if (typeof lines === 'string') found.problems.push({ file, words: lineWords(lines) });
    else if (kind === 'route') found.routes[version].push(...(lines as OldRoute[]));
    else found.rules[version].push(...(lines as string[]));
  }
  return found;
}

/** A key is named as it is, a line in quotes. */
const lineWords = (line: string) =>
  /^\w+$/.test(line) ? say(`${line} is not understood`, `${line} 无法理解`) : valueWords(line);
